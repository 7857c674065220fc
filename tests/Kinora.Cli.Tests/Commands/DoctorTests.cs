using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary><c>kinora doctor</c>.</summary>
public sealed class DoctorTests
{
    [Fact]
    public void Text_shows_the_machine_limits_and_models()
    {
        using var hub = new TemporaryDirectory();
        var found = Path.GetDirectoryName(hub.Copy(Path.Combine(Repository.Model, "config.json"), "models--omni-research--Tarsier-7b/snapshots/abc/config.json"))!;
        var outcome = KinoraProcess.RunWith("", new Dictionary<string, string> { ["HF_HUB_CACHE"] = hub.Path }, "doctor").Expect(0);
        Assert.StartsWith("kinora ", outcome.Out, StringComparison.Ordinal);
        Assert.All(
            ["runtime", ".NET", "processors", "Scalar", "memory", "GiB", "ffmpeg", "version", "ffprobe", "limits", "4096 frames", "families", "Tarsier v1", "models/toybox (shipped)", found],
            part => Assert.Contains(part, outcome.Out, StringComparison.Ordinal));
    }

    [Fact]
    public void Json_has_the_same()
    {
        using var json = JsonDocument.Parse(KinoraProcess.Run("doctor", "--json").Expect(0).Out);
        var root = json.RootElement;
        Assert.True(root.GetProperty("processors").GetInt32() > 0);
        Assert.True(root.GetProperty("memoryBytes").GetInt64() > 0);
        Assert.Contains("version", root.GetProperty("ffmpeg").GetString(), StringComparison.Ordinal);
        Assert.Equal(4096, root.GetProperty("limits").GetProperty("maxFramesKept").GetInt32());
        Assert.Contains("Scalar", root.GetProperty("instructionSets").EnumerateArray().Select(set => set.GetString()));
        Assert.NotEmpty(root.GetProperty("models").EnumerateArray());
    }

    [Theory]
    [InlineData("doctor")]
    [InlineData("doctor", "--json")]
    public void Without_ffmpeg_it_can_not_run_and_says_why(params string[] arguments)
    {
        using var empty = new TemporaryDirectory();
        var outcome = KinoraProcess.RunWith("", new Dictionary<string, string> { ["PATH"] = empty.Path }, arguments).Expect(3);
        Assert.Contains(arguments.Length == 1 ? "MISSING: sudo apt-get install ffmpeg" : "\"ffmpeg\":null", outcome.Out, StringComparison.Ordinal);
    }
}
