namespace Kinora.Cli.Tests.Commands;

/// <summary>Help and version.</summary>
public sealed class HelpTests
{
    private static readonly string[] Generation = ["--max-tokens", "--temperature", "--top-k", "--top-p", "--repetition-penalty", "--beams", "--length-penalty", "--stop", "--seed"];
    private static readonly string[] Settings = ["--lora-alpha", "--pooling", "--compat"];
    private static readonly string[] Frames = ["--frames", "--frames-by", "--start", "--end"];

    public static TheoryData<string, string[]> Commands => new()
    {
        { "describe", ["--model", "--weights", .. Settings, "--prompt", "--format", "--json", "-o", "--show-frames", "--contact-sheet", .. Frames, .. Generation] },
        { "chat", ["--model", "--weights", .. Settings, .. Frames, .. Generation] },
        { "frames", ["-o", "--contact-sheet", "--json", .. Frames] },
        { "tokenize", ["--model", "--typed", "--plain", "--decode", "--json"] },
        { "models", ["--json"] },
        { "inspect", ["--weights", "--json"] },
        { "verify", ["--weights", "--json"] },
        { "estimate", ["--model", "--weights", .. Settings, "--frames", "--max-tokens", "--json"] },
        { "bench", ["--model", .. Settings, "--json"] },
        { "doctor", ["--json"] },
        { "toybox", [] },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_of_a_command_shows_its_options_and_examples(string command, string[] options)
    {
        var outcome = KinoraProcess.Run(command, "--help").Expect(0);
        Assert.Empty(outcome.Err);
        Assert.All(options, option => Assert.Contains($" {option}", outcome.Out, StringComparison.Ordinal));
        Assert.Contains($"Examples:\n  kinora {command} ", outcome.Out.Replace($"{command}\n", $"{command} \n", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("AsStored", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_arguments_help_is_shown()
    {
        var outcome = KinoraProcess.Run().Expect(0);
        Assert.Equal(outcome.Out, KinoraProcess.Run("--help").Expect(0).Out);
        Assert.All(Commands, row => Assert.Contains($"\n  {row.Data.Item1} ", outcome.Out, StringComparison.Ordinal));
        Assert.Contains("Examples:", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_is_shown() => Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", KinoraProcess.Run("--version").Expect(0).Out);
}
