using System.Text.Json.Nodes;
using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Models.Weights;

namespace Kinora.Models.Tests.Families;

/// <summary>Values of config.json that can't be: each is named, before anything of that size is allocated.</summary>
public class TarsierConfigTests
{
    [Theory]
    [InlineData("vision_config.image_size", "0")]
    [InlineData("vision_config.image_size", "1000000")]
    [InlineData("vision_config.patch_size", "57")]
    [InlineData("vision_config.patch_size", "-14")]
    [InlineData("vision_config.num_attention_heads", "3")]
    [InlineData("vision_config.num_hidden_layers", "2000000000")]
    [InlineData("vision_config.layer_norm_eps", "-1")]
    [InlineData("vision_feature_layer", "4")]
    [InlineData("vision_feature_layer", "-5")]
    [InlineData("vision_feature_layer", "[-2]")]
    [InlineData("vision_feature_select_strategy", "\"full\"")]
    [InlineData("projector_hidden_act", "\"tanh\"")]
    [InlineData("text_config.num_key_value_heads", "3")]
    [InlineData("text_config.num_key_value_heads", "0")]
    [InlineData("text_config.head_dim", "7")]
    [InlineData("text_config.hidden_size", "4294967360")]
    [InlineData("text_config.rope_theta", "0")]
    [InlineData("text_config.rope_scaling", "{\"type\": \"linear\", \"factor\": 2.0}")]
    [InlineData("text_config.hidden_act", "\"gelu\"")]
    [InlineData("image_token_index", "624")]
    [InlineData("image_newline_idx", "-1")]
    [InlineData("image_new_idx", null)]
    [InlineData("image_token_index", null)]
    [InlineData("eos_token_id", "[]")]
    [InlineData("eos_token_id", "623")]
    [InlineData("eos_token_id", "-2")]
    [InlineData("text_config.eos_token_id", "\"2\"")]
    public void A_value_that_can_not_be_is_named(string key, string? value)
    {
        var error = Assert.Throws<CheckpointException>(() => Load(WeightFormat.AsStored, (key, value)));
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(key.Split('.')[^1], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Heads_whose_product_leaves_the_number_range_are_named()
    {
        // 65536 heads of 65536 values are 2^32, which is 0 in 32 bits.
        var error = Assert.Throws<CheckpointException>(() => Load(WeightFormat.AsStored, ("text_config.num_attention_heads", "65536"), ("text_config.head_dim", "65536")));
        Assert.Contains("num_attention_heads", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WeightFormat.AsStored)]
    [InlineData(WeightFormat.BF16)]
    [InlineData(WeightFormat.Q8_0)]
    public void A_thousand_missing_blocks_are_reported_together(WeightFormat format)
    {
        var error = Assert.Throws<CheckpointException>(() => Load(format, ("text_config.num_hidden_layers", "1024"), ("text_config.mlp_bias", "true")));
        Assert.Contains("tensors are missing", error.Message, StringComparison.Ordinal);
    }

    private static void Load(WeightFormat format, params (string Key, string? Value)[] changes)
    {
        using var directory = new TemporaryDirectory();
        directory.CopyFrom(Fixture.At("tarsier-34b", "checkpoint"));
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
        using var model = ModelLoader.Load(directory.Path, format);
    }
}
