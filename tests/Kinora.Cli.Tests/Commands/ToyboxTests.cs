using System.Text.Json;
using Kinora.Media;

namespace Kinora.Cli.Tests.Commands;

/// <summary><c>kinora toybox</c>.</summary>
public sealed class ToyboxTests
{
    [Fact]
    public void Rendering_goes_on_where_it_was()
    {
        using var folder = new TemporaryDirectory();
        var world = folder.File("world");
        Assert.Equal($"Wrote 2 clips to {world}. clips.jsonl there says what happens in each.\n", Render("--seed", "7", "--count", "2").Err);
        Assert.Equal($"Wrote 1 clip to {world}; 2 were there already. clips.jsonl there says what happens in each.\n", Render("--seed", "7", "--count", "3").Err);
        var seeds = File.ReadAllLines(Path.Combine(world, "clips.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("seed").GetInt64());
        Assert.Equal([7L, 8, 9], seeds);
        KinoraProcess.Run("toybox", "render", "--out", world, "--level", "1").ExpectError(3, world, "level 3, not 1", "name another directory");
        KinoraProcess.Run("toybox", "render", "--out", world, "--format", "frames").ExpectError(3, world, "mp4", "frames");

        Outcome Render(params string[] options) => KinoraProcess.Run(["toybox", "render", "--out", world, .. options]).Expect(0);
    }

    [Fact]
    public void A_rendered_clip_is_described()
    {
        using var folder = new TemporaryDirectory();
        KinoraProcess.Run("toybox", "render", "--seed", "7", "--level", "1", "--format", "mp4", "--out", folder.File("world")).Expect(0);
        Assert.NotEmpty(KinoraProcess.Run("describe", folder.File("world/toybox-00000007.mp4")).Expect(0).Out.Trim());
    }

    [Fact]
    public void Seeds_that_are_held_out_are_named()
    {
        using var folder = new TemporaryDirectory();
        Assert.Contains("held out", KinoraProcess.Run("toybox", "render", "--seed", "899999", "--count", "2", "--level", "1", "--format", "frames", "--out", folder.File("world")).Expect(0).Err, StringComparison.Ordinal);
        Assert.DoesNotContain("held out", KinoraProcess.Run("toybox", "render", "--seed", "899998", "--count", "2", "--level", "1", "--format", "frames", "--out", folder.File("world")).Expect(0).Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clip_is_shown_with_its_truth()
    {
        using var folder = new TemporaryDirectory();
        var lines = KinoraProcess.Run("toybox", "show", "--seed", "7", "--level", "1", "-o", folder.File("clip.png"), "--frames", "4").Expect(0).Out.Split('\n');
        Assert.StartsWith("Seed 7, level 1, ", lines[0], StringComparison.Ordinal);
        Assert.Matches(@"^A (small|big) \w+ \w+ is ", lines[1]);
        Assert.Matches(@"^\d\.\d\d-\d\.\d\d s  the ", lines[2]);
        Assert.Equal(530, (await new MediaReader().ReadPictureAsync(folder.File("clip.png"))).Width);
    }

    [Theory]
    [InlineData("render --out DIR --seed -1", "--seed", "'-1'", "from 0")]
    [InlineData("render --out DIR --seed 1.5", "--seed", "'1.5'", "from 0")]
    [InlineData("render --out DIR --seed 9223372036854775807 --count 2", "--seed", "9223372036854775807", "smaller")]
    [InlineData("render --out DIR --level 4", "--level", "'4'", "1 (one toy, one event)")]
    [InlineData("render --out DIR --count 0", "--count", "'0'", "1 or more")]
    [InlineData("render --out DIR --format avi", "--format", "'avi'", "mp4 or frames")]
    [InlineData("render", "--out", "directory", "needs")]
    [InlineData("show --seed -7", "--seed", "'-7'", "from 0")]
    [InlineData("show --level three", "--level", "'three'", "whole world")]
    [InlineData("show --frames 0", "--frames", "0", "1 to ")]
    [InlineData("show --frames 67", "--frames", "67", "frames, give 1 to ")]
    public void What_can_not_be_is_told(string line, string option, string value, string remedy)
    {
        using var folder = new TemporaryDirectory();
        KinoraProcess.Run(["toybox", .. line.Replace("DIR", folder.File("world"), StringComparison.Ordinal).Split(' ')]).ExpectError(2, option, value, remedy);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Directories_that_can_not_be_used_are_told()
    {
        using var folder = new TemporaryDirectory();
        folder.Write("letter.txt", "Dear");
        KinoraProcess.Run("toybox", "render", "--out", folder.Path).ExpectError(3, folder.Path, "something else", "name a new");
        KinoraProcess.Run("toybox", "render", "--out", folder.File("letter.txt")).ExpectError(3, "letter.txt", "can't be written");
        Directory.CreateDirectory(folder.File("old"));
        folder.Write("old/world.json", "{\"world\":0}");
        KinoraProcess.Run("toybox", "render", "--out", folder.File("old")).ExpectError(3, "old", "version 0 of the world", "name another directory");
    }
}
