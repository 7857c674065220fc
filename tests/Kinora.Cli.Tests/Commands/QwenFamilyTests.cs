using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary>The commands with the families whose pictures may be of any size: their small checkpoints write nonsense, but write.</summary>
public sealed class QwenFamilyTests
{
    public static TheoryData<string> Families => ["tarsier2", "qwen2vl"];

    [Theory]
    [MemberData(nameof(Families))]
    public void A_clip_is_described_and_talked_about_and_one_that_can_not_be_leaves_the_others(string family)
    {
        var model = Repository.Fixture(family, "checkpoint");
        using var directory = new TemporaryDirectory();
        var strip = Path.Combine(directory.Path, "strip.png");
        File.WriteAllBytes(strip, Convert.FromBase64String(OnePixel));
        var outcome = KinoraProcess.Run("describe", strip, Repository.Clip(4), "--model", model, "--weights", "q8_0", "--max-tokens", "4", "--format", "jsonl").Expect(1);
        Assert.Contains($"kinora: {strip}: a picture of 1x1 pixels is too small", outcome.Err, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(outcome.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        Assert.Equal(16, json.RootElement.GetProperty("frames").GetArrayLength());

        var talk = KinoraProcess.RunWith("What?\nWhere?\n", null, "chat", Repository.Clip(4), "--model", model, "--max-tokens", "4", "--frames", "5").Expect(0);
        Assert.True(talk.Out.Split('\n').Length >= 2);
        var estimate = KinoraProcess.Run("estimate", strip, Repository.Clip(4), "--model", model).Expect(1);
        Assert.Contains("16 frames", estimate.Out, StringComparison.Ordinal);
        Assert.Contains(strip, estimate.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_on_a_models_files_are_shown()
    {
        using var directory = new TemporaryDirectory();
        foreach (var file in Directory.GetFiles(Repository.Fixture("tarsier2", "checkpoint")))
        {
            File.Copy(file, Path.Combine(directory.Path, Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(directory.Path, "tarser2_default_config.yaml"), "n_frames: 3\nsurprise: 1\n");
        var outcome = KinoraProcess.Run("inspect", directory.Path).Expect(0);
        Assert.Contains("3 frames by default", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("tarser2_default_config.yaml: \"surprise\" mean nothing here", outcome.ErrorLine, StringComparison.Ordinal);
    }

    private const string OnePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";
}
