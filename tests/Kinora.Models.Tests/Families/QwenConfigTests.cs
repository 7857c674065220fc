using System.Text.Json.Nodes;
using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Describing;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;

namespace Kinora.Models.Tests.Families;

/// <summary>Settings of Qwen2-VL and Tarsier2 that can't be: each is named, before anything of that size is allocated.</summary>
public class QwenConfigTests
{
    [Theory]
    [InlineData("tarsier2", "vision_config.embed_dim", "0")]
    [InlineData("tarsier2", "vision_config.embed_dim", "1000000")]
    [InlineData("tarsier2", "vision_config.num_heads", "3")]
    [InlineData("tarsier2", "vision_config.num_heads", "16")] // heads of 2 values have no rows and columns
    [InlineData("tarsier2", "vision_config.hidden_size", "65")]
    [InlineData("tarsier2", "vision_config.hidden_act", "\"tanh\"")]
    [InlineData("tarsier2", "vision_config.mlp_ratio", "0")]
    [InlineData("tarsier2", "vision_config.mlp_ratio", "\"4\"")]
    [InlineData("tarsier2", "vision_config.in_channels", "1")]
    [InlineData("tarsier2", "vision_config.depth", "2000000000")]
    [InlineData("tarsier2", "vision_config.patch_size", "16")]
    [InlineData("tarsier2", "vision_config.spatial_merge_size", "-2")]
    [InlineData("tarsier2", "text_config.spatial_merge_size", "4")]
    [InlineData("tarsier2", "text_config.num_key_value_heads", "3")]
    [InlineData("tarsier2", "text_config.hidden_size", "66")]
    [InlineData("tarsier2", "text_config.hidden_act", "\"gelu\"")]
    [InlineData("tarsier2", "text_config.rope_scaling", "{\"type\": \"yarn\", \"mrope_section\": [2, 3, 3]}")]
    [InlineData("tarsier2", "text_config.rope_scaling", "{\"type\": \"default\", \"mrope_section\": [2, 3, 4]}")]
    [InlineData("tarsier2", "text_config.rope_scaling", "{\"mrope_section\": [4, 4]}")]
    [InlineData("tarsier2", "text_config.rope_scaling", "{\"mrope_section\": [-1, 5, 4]}")]
    [InlineData("tarsier2", "text_config.rope_scaling", null)]
    [InlineData("tarsier2", "text_config.image_token_id", "432")]
    [InlineData("tarsier2", "text_config.image_token_id", null)] // the default lies beyond so small a vocabulary
    [InlineData("tarsier2", "image_token_index", "\"412\"")]
    [InlineData("tarsier2", "projection_head", "\"Pixel_Shuffle\"")]
    [InlineData("qwen2vl", "image_token_id", "-1")]
    [InlineData("qwen2vl", "video_token_id", "408")]
    [InlineData("qwen2vl", "use_sliding_window", "true")]
    [InlineData("qwen2vl", "rope_theta", "0")]
    [InlineData("qwen2vl", "num_attention_heads", "96")]
    public void A_value_that_can_not_be_is_named(string family, string key, string? value)
    {
        var error = Assert.Throws<CheckpointException>(() => Load(family, (key, value)));
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(key.Split('.')[^1], error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Sections_count_whatever_type_stands_beside_them()
    {
        foreach (var scaling in new[] { "{\"mrope_section\": [2, 3, 3]}", "{\"type\": \"mrope\", \"rope_type\": \"default\", \"mrope_section\": [0, 8, 0]}" })
        {
            Load("tarsier2", ("text_config.rope_scaling", scaling));
        }
    }

    [Fact]
    public void A_processor_of_another_model_is_told_by_its_patches()
    {
        using var directory = Copy("qwen2vl");
        directory.Write("preprocessor_config.json", """{"patch_size": 16, "min_pixels": 3136, "max_pixels": 7840}""");
        var message = Assert.Throws<CheckpointException>(() => ModelLoader.Load(directory.Path)).Message;
        Assert.Contains("patch_size is 16", message, StringComparison.Ordinal);
        Assert.Contains("not of one model", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_names_of_tensors_are_listed()
    {
        // A checkpoint of one family under the settings of the other.
        using var directory = Copy("qwen2vl");
        var config = JsonNode.Parse(File.ReadAllText(directory.File("config.json")))!;
        var wrapped = new JsonObject { ["model_type"] = "llava", ["vision_config"] = config["vision_config"]!.DeepClone(), ["text_config"] = config.DeepClone() };
        directory.Write("config.json", wrapped.ToJsonString());
        var message = Assert.Throws<CheckpointException>(() => ModelLoader.Load(directory.Path)).Message;
        Assert.Contains("vision_tower.patch_embed.proj.weight", message, StringComparison.Ordinal);
        Assert.Contains("unexpected", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(27, 300)]
    [InlineData(5000, 28)]
    public void Pictures_that_can_not_be_looked_at_are_refused_in_one_line(int width, int height)
    {
        foreach (var family in new[] { "tarsier2", "qwen2vl" })
        {
            using var model = ModelLoader.Load(Fixture.At(family, "checkpoint"));
            using var chat = new ChatSession(model, [new VisualMedia([new Picture(width, height, 3)], IsVideo: false)]);
            var message = Assert.Throws<DescribeException>(() => chat.Ask("?", new GenerationOptions { MaxNewTokens = 1 })).Message;
            Assert.Contains($"{width}x{height}", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public void A_folder_with_one_picture_that_can_not_be_is_refused()
    {
        using var model = ModelLoader.Load(Fixture.At("tarsier2", "checkpoint"));
        VisualMedia folder = new([new Picture(60, 40, 3), new Picture(3000, 10, 3)], IsVideo: true);
        Assert.Contains("3000x10", Assert.Throws<DescribeException>(() => model.Prepare([folder])).Message, StringComparison.Ordinal);
        using var other = model.Prepare([new([new Picture(60, 40, 3), new Picture(30, 20, 1)], IsVideo: true)]);
        Assert.Equal(2, other.Layout.Items[0].Time);
    }

    [Fact]
    public void Another_id_at_the_top_is_told_and_not_used()
    {
        using var directory = Copy("tarsier2");
        var config = JsonNode.Parse(File.ReadAllText(directory.File("config.json")))!;
        config["image_token_index"] = 32000;
        directory.Write("config.json", config.ToJsonString());
        using var model = ModelLoader.Load(directory.Path);
        Assert.Equal(412, model.ImageTokenId);
        Assert.Contains("image_token_index is 32000", Assert.Single(model.Notes), StringComparison.Ordinal);
    }

    private static void Load(string family, params (string Key, string? Value)[] changes)
    {
        using var directory = Copy(family);
        var config = JsonNode.Parse(File.ReadAllText(directory.File("config.json")))!.AsObject();
        foreach (var (key, value) in changes)
        {
            var parts = key.Split('.');
            var place = parts.Length == 1 ? config : config[parts[0]]!.AsObject();
            if (value is null)
            {
                place.Remove(parts[^1]);
            }
            else
            {
                place[parts[^1]] = JsonNode.Parse(value);
            }
        }

        directory.Write("config.json", config.ToJsonString());
        using var model = ModelLoader.Load(directory.Path);
    }

    private static TemporaryDirectory Copy(string family)
    {
        var directory = new TemporaryDirectory();
        directory.CopyFrom(Fixture.At(family, "checkpoint"));
        return directory;
    }
}
