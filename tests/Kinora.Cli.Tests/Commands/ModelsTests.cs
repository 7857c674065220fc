using System.Text.Json;
using Kinora.Models.Families;

namespace Kinora.Cli.Tests.Commands;

public sealed class ModelsTests
{
    [Fact]
    public void Every_family_is_listed_with_what_there_is_to_know()
    {
        var outcome = KinoraProcess.Run("models").Expect(0);
        foreach (var card in ModelLoader.Cards)
        {
            Assert.Contains(card.Name, outcome.Out, StringComparison.Ordinal);
            Assert.Contains(card.GoodFor, outcome.Out, StringComparison.Ordinal);
            Assert.NotEmpty(card.Published);
            Assert.All(card.Published, model => Assert.Contains(model.Id, outcome.Out, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_model_in_the_hubs_cache_is_found()
    {
        using var directory = new TemporaryDirectory();
        var model = Path.Combine(directory.Path, "models--omni-research--Tarsier-7b");
        Directory.CreateDirectory(Path.Combine(model, "snapshots", "0123"));
        Directory.CreateDirectory(Path.Combine(model, "refs"));
        File.WriteAllText(Path.Combine(model, "refs", "main"), "0123");
        File.WriteAllText(Path.Combine(model, "snapshots", "0123", "config.json"), "{}");
        var outcome = KinoraProcess.RunWith("", new Dictionary<string, string> { ["HF_HUB_CACHE"] = directory.Path }, "models", "--json").Expect(0);
        using var json = JsonDocument.Parse(outcome.Out);
        Assert.Equal(directory.Path, json.RootElement.GetProperty("cache").GetString());
        var published = json.RootElement.GetProperty("families").EnumerateArray().SelectMany(family => family.GetProperty("published").EnumerateArray()).ToList();
        var found = Assert.Single(published, entry => entry.GetProperty("directory").ValueKind == JsonValueKind.String);
        Assert.Equal("omni-research/Tarsier-7b", found.GetProperty("id").GetString());
        Assert.Equal(Path.Combine(model, "snapshots", "0123"), found.GetProperty("directory").GetString());
        Assert.Equal(14_200_000_000, found.GetProperty("weightBytes").GetProperty("bf16").GetInt64());
    }
}
