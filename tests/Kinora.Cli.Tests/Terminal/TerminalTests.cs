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
