using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary><c>kinora verify</c>.</summary>
public sealed class VerifyTests
{
    private static readonly string Golden = Repository.Fixture("tarsier-34b");

    [Fact]
    public void Golden_directory_passes()
    {
        var outcome = KinoraProcess.Run("verify", Golden).Expect(0);
        Assert.Empty(outcome.Err);
        Assert.Matches(@"\n(\d+) of \1 cases passed, (\d+) of \2 stored tensors, ids and texts compared, \d+ comparisons\n$", outcome.Out);
        Assert.DoesNotContain("FAILED", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Tampered_copy_fails_and_names_the_case()
    {
        using var folder = new TemporaryDirectory();
        var copy = folder.CopyTree(Golden, "golden");
        var file = Path.Combine(copy, "expected-image.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes.AsSpan(bytes.Length - 64).Fill(0x42);
        File.WriteAllBytes(file, bytes);
        var outcome = KinoraProcess.Run("verify", copy).Expect(1);
        Assert.Contains("  image: FAILED", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("OVER", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("describe: passed", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_without_golden_json_fails()
    {
        using var folder = new TemporaryDirectory();
        KinoraProcess.Run("verify", folder.Path).ExpectError(1, Path.Combine(folder.Path, "golden.json"), "does not exist");
    }

    [Fact]
    public void One_of_several_directories_costs_only_itself()
    {
        var outcome = KinoraProcess.Run("verify", "/nowhere", Golden);
        outcome.ExpectError(1, "/nowhere", "golden.json");
        Assert.Matches(@"\n(\d+) of \1 cases passed", outcome.Out);
    }

    [Fact]
    public void Json_holds_every_directory_and_comparison()
    {
        var outcome = KinoraProcess.Run("verify", "--json", Golden, "/nowhere").Expect(1);
        using var json = JsonDocument.Parse(outcome.Out);
        Assert.Equal([(Golden, true), ("/nowhere", false)], json.RootElement.EnumerateArray().Select(item => (item.GetProperty("directory").GetString()!, item.GetProperty("passed").GetBoolean())));
        Assert.Contains("golden.json", json.RootElement[1].GetProperty("error").GetString(), StringComparison.Ordinal);
        var compared = json.RootElement[0].GetProperty("cases").EnumerateArray().SelectMany(item => item.GetProperty("comparisons").EnumerateArray()).ToList();
        Assert.NotEmpty(compared);
        Assert.All(compared, comparison => Assert.True(comparison.GetProperty("error").GetDouble() <= comparison.GetProperty("limit").GetDouble()));
    }
}
