using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary>The commands with ShareGPT4Video's models and LLaVA: their small checkpoints write nonsense, but write.</summary>
public sealed class ShareFamilyTests
{
    [Theory]
    [InlineData("sharecaptioner", 3, 16)]
    [InlineData("sharegpt4video-8b", 1, 16)]
    [InlineData("llava-15", 1, 16)]
    public void A_clip_and_a_picture_are_described_and_talked_about(string family, int beams, int frames)
    {
        var model = Repository.Fixture(family, "checkpoint");
        var picture = Repository.Fixture("sharecaptioner", "inputs", "f0.png");
        var outcome = KinoraProcess.Run("describe", picture, Repository.Clip(4), "--model", model, "--max-tokens", "4", "--format", "jsonl").Expect(0);
        using var json = JsonDocument.Parse(outcome.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        Assert.Equal(frames, json.RootElement.GetProperty("frames").GetArrayLength());
        Assert.Equal(beams, Find(json.RootElement, "beams"));

        var greedy = KinoraProcess.Run("describe", picture, "--model", model, "--max-tokens", "4", "--beams", "1", "--format", "jsonl").Expect(0);
        using var other = JsonDocument.Parse(greedy.Out);
        Assert.Equal(1, Find(other.RootElement, "beams"));

        KinoraProcess.RunWith("What?\nWhere?\n", null, "chat", picture, "--model", model, "--max-tokens", "4").Expect(0);
        Assert.Contains("tokens", KinoraProcess.Run("estimate", Repository.Clip(4), "--model", model).Expect(0).Out, StringComparison.Ordinal);
        KinoraProcess.Run("inspect", model).Expect(0);
    }

    private static int? Find(JsonElement json, string key) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().Select(property => property.Name == key ? property.Value.GetInt32() : Find(property.Value, key)).FirstOrDefault(found => found is not null),
        _ => null,
    };
}
