using System.Text.Json.Nodes;
using Kinora.Models.Checkpoints;
using Kinora.Models.Describing;
using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Tensors;

namespace Kinora.Models.Tests.Families;

/// <summary>Settings and weights of PLLaVA checkpoints that can't be, each named in one line; and what is set for a run.</summary>
public sealed class PllavaConfigTests : IDisposable
{
    private const string Layer = "language_model.base_model.model.model.layers.1.self_attn.q_proj";

    private readonly TemporaryDirectory directory = new();

    public PllavaConfigTests() => directory.CopyFrom(Fixture.At("pllava-7b", "checkpoint"));

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("frame_shape", "[4, 5]")]
    [InlineData("frame_shape", "[16]")]
    [InlineData("frame_shape", "[0, 16]")]
    [InlineData("frame_shape", "\"4x4\"")]
    [InlineData("frame_shape", null)] // 24 x 24, which this tower hasn't
    [InlineData("pooling_shape", "[16, 12]")]
    [InlineData("pooling_shape", "[16, 12, 0]")]
    [InlineData("pooling_shape", "[1024, 1024, 1024]")]
    [InlineData("pooling_shape", "{}")]
    [InlineData("pooling_method", "\"max\"")]
    [InlineData("num_frames", "0")]
    [InlineData("num_frames", "1e9")]
    [InlineData("use_pooling", "\"yes\"")]
    [InlineData("image_token_index", "-1")]
    [InlineData("vision_feature_select_strategy", "\"full\"")]
    [InlineData("vision_feature_layer", "4")]
    [InlineData("projector_hidden_act", "\"tanh\"")]
    [InlineData("architectures", "[1]")]
    [InlineData("text_config.model_type", "\"mistral\"")]
    [InlineData("text_config.num_key_value_heads", "3")]
    [InlineData("vision_config.model_type", "\"siglip_vision_model\"")]
    public void A_value_that_can_not_be_is_named(string key, string? value)
    {
        Change("config.json", key, value);
        var error = Assert.Throws<CheckpointException>(() => Load());
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(key.Split('.')[^1], error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void What_is_not_there_has_the_defaults_of_the_originals_class()
    {
        foreach (var key in new[] { "pooling_shape", "num_frames", "pooling_method", "use_pooling", "projector_hidden_act", "vision_feature_layer", "vision_feature_select_strategy", "vocab_size", "pad_token_id", "ignore_index", "register", "image_grid_pinpoints", "highres" })
        {
            Change("config.json", key, null);
        }

        File.Delete(directory.File("processor_config.json"));
        using var model = Load();
        Assert.Equal(1, model.DefaultFrames);
        var item = Assert.Single(model.Plan([new(3, 64, 48, IsVideo: true)]).Items);
        Assert.Equal(new VisualItem(8 * 16 * 16, 8, 16, 16), item);
    }

    [Theory]
    [InlineData("{\"image_token\": \"<image>\", \"patch_size\": 14, \"center_pad\": false}", null)]
    [InlineData("{\"center_pad\": 1}", "center_pad")]
    [InlineData("[]", "processor_config.json")]
    public void A_processor_file_of_a_newer_library_is_read_and_a_broken_one_named(string json, string? part)
    {
        directory.Write("processor_config.json", json);
        if (part is null)
        {
            Load().Dispose();
            return;
        }

        Assert.Contains(part, Assert.Throws<CheckpointException>(() => Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapters_own_settings_make_a_LLaVA_NeXT_checkpoint_one_of_PLLaVAs()
    {
        using var adapter = new TemporaryDirectory();
        File.Copy(directory.File("config.json"), adapter.File("config.json"));
        Change("config.json", "model_type", "\"llava_next\"");
        Change("config.json", "pooling_shape", null);
        Assert.Contains("llava_next", Assert.Throws<CheckpointException>(() => Load()).Message, StringComparison.Ordinal);
        using var model = ModelLoader.Load(directory.Path, settings: adapter.Path);
        Assert.Equal("pllava", model.Family);
        Change("config.json", "model_type", "\"llava\"");
        File.Delete(adapter.File("config.json"));
        Assert.Contains("is missing", Assert.Throws<CheckpointException>(() => ModelLoader.Load(directory.Path, settings: adapter.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_the_weights_that_fit_nothing_are_listed()
    {
        Rewrite(name => name == Layer + ".lora_A.default.weight" ? Layer + ".lora_X.default.weight" : name);
        var message = Assert.Throws<CheckpointException>(() => Load()).Message;
        Assert.Contains("lora_A.default.weight [128, 64]", message, StringComparison.Ordinal); // missing
        Assert.Contains(Layer + ".lora_X.default.weight [128, 64]", message, StringComparison.Ordinal); // unexpected
    }

    [Fact]
    public void Updates_beside_a_layer_that_is_not_there_are_listed()
    {
        Rewrite(name => name.Replace("layers.1.self_attn.q_proj.lora", "layers.7.self_attn.q_proj.lora", StringComparison.Ordinal));
        var message = Assert.Throws<CheckpointException>(() => Load()).Message;
        Assert.Contains("2 tensors are unexpected", message, StringComparison.Ordinal);
        Assert.Contains("layers.7.self_attn.q_proj.lora_B.default.weight", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Different_ranks_are_named()
    {
        Rewrite(name => name, (name, values) => name == Layer + ".lora_A.default.weight" ? Tensor.From(values.AsSpan()[..(64 * 3)], new Shape(3, 64)) : null);
        var message = Assert.Throws<CheckpointException>(() => Load()).Message;
        Assert.Contains("have ranks 3 and 128", message, StringComparison.Ordinal);
        Assert.Contains(Layer, message, StringComparison.Ordinal);
        Assert.StartsWith(directory.Path, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_is_there_wrapped_and_plain_is_refused()
    {
        const string Norm = "language_model.base_model.model.model.norm.weight";
        Rewrite(name => name == "multi_modal_projector.linear_1.bias" ? "language_model.model.norm.weight" : name);
        var message = Assert.Throws<CheckpointException>(() => Load()).Message;
        Assert.Contains(Norm, message, StringComparison.Ordinal);
        Assert.Contains("once more under another name", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_tokenizer_and_settings_disagree_on_the_placeholder_the_settings_hold()
    {
        Change("config.json", "image_token_index", "100000");
        using var model = Load();
        var ids = model.Tokenize(model.FirstPrompt("What? <image>", [new(1, 64, 48, IsVideo: false)]), begins: true);
        Assert.Equal(1, model.Placeholders(ids));
        Assert.Contains(100000, ids);
        Assert.DoesNotContain(480, ids);
    }

    [Fact]
    public void A_still_and_few_frames_take_as_many_places_as_a_whole_video()
    {
        using var model = Load();
        model.Apply(new() { Frames = 6, Pooling = new(4, 3, 3) });
        var layout = model.Plan([new(1, 64, 48, IsVideo: false), new(4, 64, 48, IsVideo: true), new(9, 64, 48, IsVideo: true)]);
        Assert.Equal([36, 36, 36], layout.Items.Select(item => item.Tokens));
        Assert.Equal([1, 4, 9], layout.Units.Select(unit => unit.PixelRows));
        Assert.Equal([1, 4, 9], layout.Units.Select(unit => unit.Parts));
        Assert.Equal(6, model.DefaultFrames);
    }

    [Fact]
    public void Pictures_of_one_pixel_are_seen_and_strips_are_refused()
    {
        using var model = Load();
        using (var input = model.Prepare([new([new(1, 1, 3)], IsVideo: false)]))
        {
            Assert.Equal(new Shape(1, 3, 40, 40), input.Pixels.Shape);
        }

        Assert.Contains("200000x1", Assert.Throws<DescribeException>(() => model.Plan([new(1, 200000, 1, IsVideo: false)])).Message, StringComparison.Ordinal);
        Assert.Contains("200000x1", Assert.Throws<DescribeException>(() => model.Prepare([new([new(30, 20, 3), new(200000, 1, 3)], IsVideo: true)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Padding_makes_squares_with_black_borders()
    {
        directory.Write("processor_config.json", """{"center_pad": true}""");
        using var model = Load();
        var white = new Media.Picture(80, 40, 3, [.. Enumerable.Repeat((byte)255, 80 * 40 * 3)]);
        using var input = model.Prepare([new([white], IsVideo: false)]);
        var black = (float)(-0.48145466 / 0.26862954);
        var seen = input.Pixels.AsSpan();
        Assert.Equal(black, seen[0], 1e-4);
        Assert.Equal(black, seen[(39 * 40) + 20], 1e-4);
        Assert.Equal((float)((1 - 0.48145466) / 0.26862954), seen[(20 * 40) + 1], 1e-4);
    }

    [Fact]
    public void The_original_fails_where_it_is_said_to()
    {
        using var model = Load();
        var original = new ModelSettings { Compatibility = Compatibility.Original, Frames = 3 };
        model.Apply(original);
        Media.Picture[] frames = [.. Enumerable.Range(0, 3).Select(i => new Media.Picture(40, 40, 3, [.. Enumerable.Repeat((byte)(80 * i), 40 * 40 * 3)]))];
        using (var input = model.Prepare([new(frames, IsVideo: true)]))
        {
            Assert.Equal(3, Distinct(input));
        }

        // Two beams: the one that counts sees the first frame twice and the second once.
        model.Apply(original with { Beams = 2 });
        using (var input = model.Prepare([new(frames, IsVideo: true)]))
        {
            Assert.Equal(2, Distinct(input));
            Assert.Equal(input.Pixels.Slice(0, 1).AsSpan().ToArray(), input.Pixels.Slice(1, 1).AsSpan().ToArray());
        }

        model.Apply(original with { Compatibility = Compatibility.Corrected, Beams = 2 });
        using (var input = model.Prepare([new(frames, IsVideo: true)]))
        {
            Assert.Equal(3, Distinct(input));
        }

        model.Apply(original);
        Assert.Contains("exactly 3 frames", Assert.Throws<DescribeException>(() => model.Prepare([new(frames[..2], IsVideo: true)])).Message, StringComparison.Ordinal);
        directory.Write("processor_config.json", """{"center_pad": true}""");
        using var padding = Load();
        padding.Apply(original);
        Assert.Contains("center_pad", Assert.Throws<DescribeException>(() => padding.Prepare([new(frames, IsVideo: true)])).Message, StringComparison.Ordinal);

        static int Distinct(VisualInput input) => Enumerable.Range(0, input.Layout.PixelRows).Select(row => input.Pixels.Slice(row, 1).AsSpan()[0]).Distinct().Count();
    }

    [Fact]
    public void Keywords_end_descriptions_and_letters_stay_unless_the_original_is_wanted()
    {
        using var model = Load();
        Assert.Empty(model.StopStrings);
        Assert.Null(model.AnswerFilter);
        model.Apply(new() { Compatibility = Compatibility.Original });
        Assert.Equal(" two toy", model.AnswerFilter!(" two toys"));
        foreach (var file in Directory.GetFiles(Fixture.At("tokenizers", "yi"), "*token*"))
        {
            File.Copy(file, directory.File(Path.GetFileName(file)), overwrite: true);
        }

        using var chatMl = Load();
        Assert.Equal(["###", "USER"], chatMl.StopStrings);
        chatMl.Apply(new() { Compatibility = Compatibility.Original });
        Assert.Empty(chatMl.StopStrings);
    }

    [Fact]
    public void Another_family_refuses_what_it_does_not_know()
    {
        using var tarsier = ModelLoader.Load(Fixture.At("tarsier-34b", "checkpoint"));
        tarsier.Apply(new() { Frames = 5, Beams = 3 });
        Assert.Contains("--pooling", Assert.Throws<DescribeException>(() => tarsier.Apply(new() { Pooling = new(1, 2, 3) })).Message, StringComparison.Ordinal);
        Assert.Contains("--compat", Assert.Throws<DescribeException>(() => tarsier.Apply(new() { Compatibility = Compatibility.Original })).Message, StringComparison.Ordinal);
        Assert.Equal(5, tarsier.Settings.Frames);
    }

    [Theory]
    [InlineData("16x12x12", 2304)]
    [InlineData("16-12-12", 2304)]
    [InlineData("1x1x1", 1)]
    [InlineData("16x12", 0)]
    [InlineData("16x12x0", 0)]
    [InlineData("16x12x-2", 0)]
    [InlineData("2000x1x1", 0)]
    [InlineData("1024x1024x1024", 0)]
    [InlineData("", 0)]
    public void Pooling_targets_are_read_or_refused(string text, int tokens)
    {
        if (tokens > 0)
        {
            var target = PoolingTarget.Parse(text);
            Assert.Equal((tokens, target), (target.Tokens, PoolingTarget.Parse(target.ToString())));
            return;
        }

        Assert.Contains("16x12x12", Assert.Throws<FormatException>(() => PoolingTarget.Parse(text)).Message, StringComparison.Ordinal);
    }

    private VisionLanguageModel Load() => ModelLoader.Load(directory.Path);

    private void Change(string file, string key, string? value)
    {
        var json = JsonNode.Parse(File.ReadAllText(directory.File(file)))!.AsObject();
        var parts = key.Split('.');
        var place = parts.Length == 1 ? json : json[parts[0]]!.AsObject();
        if (value is null)
        {
            place.Remove(parts[^1]);
        }
        else
        {
            place[parts[^1]] = JsonNode.Parse(value);
        }

        directory.Write(file, json.ToJsonString());
    }

    /// <summary>Writes the weights anew as one file, under other names or with other values.</summary>
    private void Rewrite(Func<string, string> rename, Func<string, float[], Tensor?>? change = null)
    {
        var tensors = new List<(string, Tensor)>();
        foreach (var shard in Directory.GetFiles(directory.Path, "model-*.safetensors"))
        {
            using (var file = SafetensorsFile.Open(shard))
            {
                tensors.AddRange(file.Entries.Values.Select(entry => (rename(entry.Name), change?.Invoke(entry.Name, file.ReadFloats(entry.Name)) ?? Tensor.From(file.ReadFloats(entry.Name), new Shape(entry.Shape)))));
            }

            File.Delete(shard);
        }

        File.Delete(directory.File("model.safetensors.index.json"));
        SafetensorsWriter.Write(directory.File("model.safetensors"), tensors);
        tensors.ForEach(tensor => tensor.Item2.Dispose());
    }
}
