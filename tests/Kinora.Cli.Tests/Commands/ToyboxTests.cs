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
    public void A_rendered_clip_is_one_that_the_shipped_model_knows()
    {
        using var folder = new TemporaryDirectory();
        KinoraProcess.Run("toybox", "render", "--seed", "7", "--level", "1", "--format", "mp4", "--out", folder.File("world")).Expect(0);
        Assert.StartsWith("[8 frames decoded", KinoraProcess.Run("describe", folder.File("world/toybox-00000007.mp4")).Expect(0).ErrorLine, StringComparison.Ordinal); // no note that it knows other clips
    }

    [Fact]
    public void Seeds_that_are_held_out_are_named()
    {
        using var folder = new TemporaryDirectory();
        Assert.Contains("held out", KinoraProcess.Run("toybox", "render", "--seed", "899999", "--count", "2", "--level", "1", "--format", "frames", "--out", folder.File("world")).Expect(0).Err, StringComparison.Ordinal);
        Assert.DoesNotContain("held out", KinoraProcess.Run("toybox", "render", "--seed", "899998", "--count", "2", "--level", "1", "--format", "frames", "--out", folder.File("world")).Expect(0).Err, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_scored_by_clips_and_what_it_said_is_kept()
    {
        using var folder = new TemporaryDirectory();
        var said = folder.File("said.jsonl");
        var outcome = KinoraProcess.Run("toybox", "score", "--seeds", "900000..900002", "--level", "1", "--questions", "3", "--model", Repository.Model, "--json", "-o", said).Expect(0);
        var score = JsonDocument.Parse(outcome.Out).RootElement;
        Assert.Equal((3, 1, "900000..900002", 9), (score.GetProperty("clips").GetInt32(), score.GetProperty("level").GetInt32(), score.GetProperty("seeds").GetString(), score.GetProperty("questions").GetInt32()));
        foreach (var name in new[] { "recall", "precision", "f1", "f1Low", "f1High", "questionAccuracy" })
        {
            Assert.InRange(score.GetProperty(name).GetDouble(), 0, 1);
        }

        var lines = File.ReadAllLines(said).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([900000L, 900001, 900002], lines.Select(line => line.GetProperty("seed").GetInt64()));
        Assert.Equal(score.GetProperty("recall").GetDouble(), lines.Average(line => line.GetProperty("recall").GetDouble()), 4);
        Assert.All(lines, line => Assert.NotEmpty(line.GetProperty("text").GetString()!));
    }

    [Fact]
    public void A_score_without_questions_is_shown_as_tables()
    {
        var outcome = KinoraProcess.Run("toybox", "score", "--seeds", "7..7", "--level", "1", "--questions", "0").Expect(0);
        Assert.Matches(@"^1 clips: F1 \d\.\d{3} \(\d\.\d{3} to \d\.\d{3}\), recall \d\.\d{3}, precision \d\.\d{3}\n", outcome.Out);
        Assert.Contains("jump_over", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("may have been trained on", outcome.Err, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Held_out_clips_are_no_training_data()
    {
        using var folder = new TemporaryDirectory();
        KinoraProcess.Run("toybox", "render", "--seed", "899999", "--count", "2", "--level", "1", "--out", folder.File("world")).Expect(0);
        var outcome = KinoraProcess.Run("train", Path.Combine(Repository.Root, "recipes", "toybox-lora.yaml"), "--data", folder.File("world/clips.jsonl"), "--out", folder.File("run"), "--set", "steps=1", "--set", "epochs=null", "--set", "batch_size=2").Expect(0);
        Assert.Contains("seed 900000", outcome.Err, StringComparison.Ordinal);
        Assert.Contains("never trained on", outcome.Err, StringComparison.Ordinal);
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
    [InlineData("score --seeds 5", "--seeds", "'5'", "900000..900999")]
    [InlineData("score --seeds 9..5", "--seeds", "ends before it begins", "900000..900999")]
    [InlineData("score --seeds 0..999999", "--seeds", "more than 100000", "fewer")]
    [InlineData("score --questions 11", "--questions", "11", "ten types")]
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
