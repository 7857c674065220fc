using System.Text.Json.Nodes;
using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Tensors;

namespace Kinora.Models.Tests.Families;

/// <summary>The LLaVA line: both layouts, towers in other places, settings that can't be.</summary>
public sealed class LlavaTests : IDisposable
{
    private const string OwnKeys = "model.vision_tower.vision_tower.vision_model.";

    private readonly TemporaryDirectory directory = new();
    private readonly TemporaryDirectory hub = new();

    public void Dispose()
    {
        directory.Dispose();
        hub.Dispose();
    }

    [Fact]
    public void The_other_layout_gives_the_same()
    {
        Copy("llava-15");
        using var original = ModelLoader.Load(directory.File("checkpoint"));
        var other = Directory.CreateDirectory(directory.File("hf")).FullName;
        WriteAsHuggingFace(original.Checkpoint, other);
        using var converted = ModelLoader.Load(other);
        Assert.Equal(("llava", "llava", 31), (original.Family, converted.Family, converted.ImageTokenId));

        var picture = Random(56, 56); // a square: the two prepare others in different ways
        Assert.Equal(Scores(original), Scores(converted));

        float[] Scores(VisionLanguageModel model)
        {
            using var input = model.Prepare([new([picture], IsVideo: false)]);
            using var session = new Session(model);
            using var visual = session.Encode(input);
            session.Read(model.Expand([1, model.ImageTokenId, 7, 8, 9], input.Layout), visual);
            return session.Logits.ToArray();
        }
    }

    [Fact]
    public void A_tower_that_learned_along_is_taken_from_the_checkpoint_and_another_from_its_own_place()
    {
        Copy("sharegpt4video-8b");
        using var inside = ModelLoader.Load(directory.File("checkpoint"));
        Change("checkpoint", config => config["unfreeze_mm_vision_tower"] = false);
        using var outside = ModelLoader.Load(directory.File("checkpoint"));
        using var stock = SafetensorsFile.Open(directory.File("tower/model.safetensors"));
        var name = $"{OwnKeys}embeddings.class_embedding";
        Assert.Equal(stock.ReadFloats("vision_model.embeddings.class_embedding"), outside.Weights.Taken[name].AsSpan().ToArray());
        Assert.NotEqual(outside.Weights.Taken[name].AsSpan().ToArray(), inside.Weights.Taken[name].AsSpan().ToArray());
        Assert.Contains("taken from tower", outside.Checkpoint.Ignored[name], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checkpoint/tower")]
    [InlineData("clip-vit-large-patch14-336")]
    public void A_tower_is_found_where_it_may_lie(string place)
    {
        Copy("llava-15");
        Directory.Move(directory.File("tower"), directory.File(place));
        using var model = ModelLoader.Load(directory.File("checkpoint"));
        Assert.Equal(40, model.TowerWidth);
    }

    [Fact]
    public void A_tower_that_is_nowhere_is_asked_for()
    {
        Copy("llava-15");
        Directory.Delete(directory.File("tower"), recursive: true);
        var error = Assert.Throws<CheckpointException>(() => ModelLoader.Load(directory.File("checkpoint")));
        Assert.Contains("mm_vision_tower", error.Message, StringComparison.Ordinal);
        Assert.Contains(directory.File("checkpoint/tower"), error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Settings => new()
    {
        { "mm_vision_select_feature", "\"cls_patch\"", "class token" },
        { "mm_projector_type", "\"resampler\"", "mlp2x_gelu" },
        { "image_aspect_ratio", "\"crop\"", "anyres" },
        { "mm_patch_merge_type", "\"flat\"", "spatial" },
        { "image_grid_pinpoints", "[[50, 100]]", "56" },
        { "image_grid_pinpoints", "[]", "56" },
        { "image_grid_pinpoints", "[[56]]", "two whole numbers" },
        { "image_grid_pinpoints", "\"56\"", "pairs" },
        { "mm_vision_select_layer", "9", "-4 to 3" },
        { "rope_scaling", "{\"type\": \"linear\", \"factor\": 2}", "null" },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Settings_that_cannot_be_are_named(string key, string value, string part)
    {
        Copy("sharegpt4video-8b");
        Change("checkpoint", config => config[key] = JsonNode.Parse(value));
        var error = Assert.Throws<CheckpointException>(() => ModelLoader.Load(directory.File("checkpoint")));
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3000, 2)]
    [InlineData(2, 3000)]
    [InlineData(57, 56)]
    public void Pictures_of_any_size_are_planned_as_they_are_prepared(int width, int height)
    {
        using var model = (Llava)ModelLoader.Load(Fixture.At("sharegpt4video-8b", "checkpoint"));
        foreach (var overview in new[] { false, true })
        {
            model.OverviewOnly = overview;
            VisualMedia[] media = [new([Random(width, height)], IsVideo: false), new([.. Enumerable.Range(0, 3).Select(_ => Random(width, height))], IsVideo: true)];
            using var input = model.Prepare(media);
            Assert.Equal(model.Plan([.. media.Select(one => one.Shape)]).Tokens, input.Layout.Tokens);
            Assert.Equal(model.PixelShape(input.Layout), input.Pixels.Shape);
            using var session = new Session(model);
            using var visual = session.Encode(input);
            Assert.Equal(input.Layout.Tokens, visual.Rows.Shape.Rows);
        }
    }

    [Fact]
    public void A_tokenizer_that_puts_nothing_in_front_loses_no_token_behind_a_picture()
    {
        using var model = ModelLoader.Load(Fixture.At("sharegpt4video-8b", "checkpoint"));
        var ids = model.Tokenize(model.FirstPrompt("What?", [new(1, 60, 40, IsVideo: false)]), begins: true);
        Assert.Equal([499, 499], ids[..2]); // the tokenizer's own begin token and the template's
        Assert.Equal(1, model.Placeholders(ids));
        var behind = ids[(Array.IndexOf(ids, model.ImageTokenId) + 1)..];
        Assert.StartsWith("\nWhat?", model.Tokenizer.Decode(behind, skipSpecialTokens: true, cleanUp: false), StringComparison.Ordinal);
        Assert.DoesNotContain(499, behind);
    }

    private static Picture Random(int width, int height)
    {
        var picture = new Picture(width, height, 3);
        new Random((width * 31) + height).NextBytes(picture.Pixels);
        return picture;
    }

    private static void WriteAsHuggingFace(Checkpoint original, string directory)
    {
        var config = JsonNode.Parse(original.Config.Root.GetRawText())!.AsObject();
        var text = new JsonObject { ["model_type"] = "llama" };
        foreach (var key in new[] { "hidden_size", "intermediate_size", "num_attention_heads", "num_hidden_layers", "num_key_value_heads", "rms_norm_eps", "rope_theta", "vocab_size", "max_position_embeddings" })
        {
            text[key] = config[key]!.DeepClone();
        }

        var tower = JsonNode.Parse(File.ReadAllText(Path.Combine(original.Directory, "..", "tower", "config.json")))!;
        File.WriteAllText(Path.Combine(directory, "config.json"), new JsonObject { ["model_type"] = "llava", ["image_token_index"] = 31, ["text_config"] = text, ["vision_config"] = tower["vision_config"]!.DeepClone() }.ToJsonString());
        File.Copy(Path.Combine(original.Directory, "..", "tower", "preprocessor_config.json"), Path.Combine(directory, "preprocessor_config.json"));
        foreach (var file in new[] { "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json" })
        {
            File.Copy(Path.Combine(original.Directory, file), Path.Combine(directory, file));
        }

        var writer = new SafetensorsWriter();
        using var stock = SafetensorsFile.Open(Path.Combine(original.Directory, "..", "tower", "model.safetensors"));
        using var own = SafetensorsFile.Open(Path.Combine(original.Directory, "model.safetensors"));
        foreach (var name in stock.Entries.Keys.Where(name => name.StartsWith("vision_model.", StringComparison.Ordinal)))
        {
            writer.Add($"vision_tower.{name}", stock.Map(name));
        }

        foreach (var name in own.Entries.Keys)
        {
            writer.Add(name.Replace("model.mm_projector.0", "multi_modal_projector.linear_1", StringComparison.Ordinal).Replace("model.mm_projector.2", "multi_modal_projector.linear_2", StringComparison.Ordinal) is var renamed && renamed != name ? renamed : $"language_model.{name}", own.Map(name));
        }

        writer.Write(Path.Combine(directory, "model.safetensors"));
    }

    private void Copy(string fixture)
    {
        foreach (var part in new[] { "checkpoint", "tower" })
        {
            Directory.CreateDirectory(directory.File(part));
            foreach (var file in Directory.GetFiles(Fixture.At(fixture, part)))
            {
                File.Copy(file, Path.Combine(directory.File(part), Path.GetFileName(file)));
            }
        }
    }

    private void Change(string part, Action<JsonObject> change)
    {
        var file = Path.Combine(directory.File(part), "config.json");
        var config = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        change(config);
        File.WriteAllText(file, config.ToJsonString());
    }
}
