using System.Diagnostics;
using Kinora.Cli.Terminal;

namespace Kinora.Cli.Tests.Terminal;

/// <summary>What a person at a terminal sees.</summary>
public sealed class TerminalTests
{
    [Fact]
    public void Messages_break_between_words()
        => Assert.Equal("one two\nthree\nfourfivesix\nseven", Messages.Wrap("one two three fourfivesix seven", 8));

    [Fact]
    public void Short_messages_stay_as_they_are() => Assert.Equal("frame   1: number", Messages.Wrap("frame   1: number", 80));

    [Fact]
    public void Characters_that_steer_a_terminal_are_replaced()
    {
        Assert.Equal("a\uFFFD[31m b\uFFFDc d", Messages.Clean("a\u001b[31m\nb\u202ec\td"));
        Assert.Equal("a\nb\tc", Messages.Clean("a\nb\tc", lines: true));
        Assert.Equal("\u4e2d\U0001F600 \u00e9", Messages.Clean("\u4e2d\U0001F600 \u00e9"));
    }

    [Theory]
    [InlineData(10, "one two\nthree\nfourfivesix\nseven")]
    [InlineData(100, "one two three fourfivesix seven")]
    public void Texts_break_between_words_however_they_come(int width, string expected)
    {
        for (var length = 1; length < 8; length++)
        {
            var output = new StringWriter { NewLine = "\n" };
            var text = new StreamedText(output, width);
            foreach (var piece in " one two three fourfivesix seven".Chunk(length))
            {
                text.Write(new string(piece));
            }

            text.End();
            Assert.Equal(expected + "\n", output.ToString());
        }
    }

    [Fact]
    public void Texts_without_blanks_are_not_held_back()
    {
        var output = new StringWriter();
        var text = new StreamedText(output, 20);
        text.Write(new string('\u4e2d', 100));
        Assert.True(output.ToString().Length > 50);
    }

    [Fact]
    public void Elsewhere_texts_stay_as_they_are_and_come_at_once()
    {
        var output = new StringWriter { NewLine = "\n" };
        var text = new StreamedText(output, null);
        text.Write("  a  long text\nwith lines, ");
        Assert.Equal("a  long text\nwith lines,", output.ToString());
        text.Write("and \u001b[31mcolour");
        text.End();
        text.End();
        Assert.Equal("a  long text\nwith lines, and \uFFFD[31mcolour\n", output.ToString());
    }

    [Fact]
    public void At_a_terminal_progress_is_shown_and_removed_and_tables_are_drawn()
    {
        var start = new ProcessStartInfo(Programs.OnPath("script"), ["-qec", $"stty cols 60; '{Programs.Dotnet}' '{Programs.Kinora}' describe '{Repository.Clip(4)}' --model '{Repository.Model}'; '{Programs.Dotnet}' '{Programs.Kinora}' frames '{Repository.Clip(4)}' --frames 2", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var shown = process.StandardOutput.ReadToEnd().Replace("\r\n", "\n", StringComparison.Ordinal);
        process.WaitForExit();
        Assert.Contains("\r\u001b[KEncoding frames: ", shown, StringComparison.Ordinal);
        Assert.Contains("\r\u001b[KA small orange boat and a big orange ball are in a meadow.\nThe orange ball", shown, StringComparison.Ordinal);
        Assert.Contains("\u256d\u2500\u2500", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_appear_whole_and_a_failure_names_the_place()
    {
        using var folder = new TemporaryDirectory();
        OutputFile.Prepare(folder.File("a", "b.txt"));
        Assert.Empty(Directory.GetFiles(folder.File("a")));
        OutputFile.Write(folder.File("a", "b.txt"), "text");
        OutputFile.Append(folder.File("a", "b.txt"), " more");
        Assert.Equal("text more", File.ReadAllText(folder.File("a", "b.txt")));
        Assert.Single(Directory.GetFiles(folder.File("a")));
        var error = Assert.Throws<IOException>(() => OutputFile.Write(folder.File("a", "b.txt", "c"), ""));
        Assert.StartsWith(folder.File("a", "b.txt", "c"), error.Message, StringComparison.Ordinal);
    }
}
