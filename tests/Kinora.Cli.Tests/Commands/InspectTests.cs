using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary><c>kinora inspect</c>.</summary>
public sealed class InspectTests
{
    [Fact]
    public void Text_shows_family_parameters_context_and_memory()
    {
        var outcome = KinoraProcess.Run("inspect", Repository.Model).Expect(0);
        Assert.Empty(outcome.Err);
        Assert.Matches(@"^model +\S*/toybox-bootstrap/checkpoint\n", outcome.Out); // no empty line in front
        Assert.All(["family", "tarsier", "5,310,400", "context trained", "1024 tokens", "key-value cache", "tower", "connector", "embeddings", "decoder", "head", "MiB"], part => Assert.Contains(part, outcome.Out, StringComparison.Ordinal));
        Assert.Contains("16 tensors are not used: vision_feature_layer", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_adds_up()
    {
        using var json = JsonDocument.Parse(KinoraProcess.Run("inspect", Repository.Model, "--json").Expect(0).Out);
        var root = json.RootElement;
        Assert.Equal(("tarsier", 5_310_400L, 1024, 21), (root.GetProperty("family").GetString(), root.GetProperty("parameters").GetInt64(), root.GetProperty("contextTrained").GetInt32(), root.GetProperty("visualTokensPerFrame").GetInt32()));
        Assert.Equal(root.GetProperty("parameters").GetInt64(), root.GetProperty("parts").EnumerateArray().Sum(part => part.GetProperty("parameters").GetInt64()));
        Assert.Equal(root.GetProperty("bytes").GetInt64(), root.GetProperty("parts").EnumerateArray().Sum(part => part.GetProperty("bytes").GetInt64()));
    }

    [Fact]
    public void Smaller_formats_take_less_memory()
    {
        long Bytes(string format)
        {
            using var json = JsonDocument.Parse(KinoraProcess.Run("inspect", "--weights", format, "--json").Expect(0).Out);
            Assert.Equal(format, json.RootElement.GetProperty("weights").GetString());
            return json.RootElement.GetProperty("bytes").GetInt64();
        }

        Assert.True(Bytes("q4_0") < Bytes("q8_0"));
        Assert.True(Bytes("q8_0") < Bytes("f32"));
    }
}
