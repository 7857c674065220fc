using System.Text.Json;

namespace Kinora.Cli.Tests.Commands;

/// <summary>What stops a training run before it learns: recipes, data and directories that can't be used.</summary>
public sealed class TrainBadInputTests(FinishedRun run) : IClassFixture<FinishedRun>
{
    [Theory]
    [InlineData("stpes: 3", "line 1", "'stpes'", "'steps'")]
    [InlineData("steps: many", "line 1", "'steps' is \"many\"", "whole number")]
    [InlineData("lora: 5", "'lora' is \"5\"", "keys with values")]
    [InlineData("lora: {rank: 2, alpha: 4, targets: [zz_proj]}", "zz_proj", "q_proj")]
    public void Recipe_that_cannot_be_used(string recipe, params string[] parts)
        => KinoraProcess.Run(run.Train(run.Write("bad.yaml", recipe), run.File("bad"))).ExpectError(3, parts);

    [Fact]
    public void Recipe_that_fits_nothing_can_be_mended_and_tried_in_the_same_directory()
    {
        var (bad, directory) = (run.Write("nothing.yaml", "train: [{parameters: \"*nothing*\"}]"), run.File("mended"));
        KinoraProcess.Run(run.Train(bad, directory)).ExpectError(3, "'*nothing*' names no parameter", "language_model");
        KinoraProcess.Run(run.Train(run.RecipeFile, directory, "--set", "steps=1")).Expect(0);
    }

    [Fact]
    public void No_data()
    {
        var directory = run.File("nodata");
        KinoraProcess.Run("train", run.RecipeFile, "--model", run.Model, "--out", directory).ExpectError(3, "'data'", "--data FILE");
        KinoraProcess.Run("train", run.RecipeFile, "--model", run.Model, "--data", run.Write("empty.jsonl", ""), "--out", directory).ExpectError(3, "empty.jsonl", "holds no record");
        KinoraProcess.Run("train", run.RecipeFile, "--model", run.Model, "--data", "/nowhere.jsonl", "--out", directory).ExpectError(3, "/nowhere.jsonl", "check the path");
        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public void Data_whose_every_clip_is_broken_says_so_and_goes_on_when_it_is_mended()
    {
        var (data, directory) = (run.Write("broken.jsonl", "{\"video\": \"a.mp4\", \"text\": \"A.\"}\n\"video\n"), run.File("broken"));
        var outcome = KinoraProcess.Run("train", run.RecipeFile, "--model", run.Model, "--data", data, "--out", directory).Expect(3);
        var lines = outcome.Err.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Single(lines, line => line.StartsWith("Left out: ", StringComparison.Ordinal) && line.Contains("a.mp4", StringComparison.Ordinal));
        Assert.Contains("None of 2 samples in a row can be used", lines[^1], StringComparison.Ordinal);
        Assert.Equal(2, File.ReadLines(Path.Combine(directory, "log.jsonl")).Count(line => line.Contains("\"broken\"", StringComparison.Ordinal)));
        File.WriteAllText(data, JsonSerializer.Serialize(new { video = Repository.Clip(0), text = "A." }) + "\n");
        KinoraProcess.Run("train", "resume", directory).Expect(0);
    }

    [Fact]
    public void Directory_that_is_not_for_it()
    {
        KinoraProcess.Run(run.Train(run.RecipeFile, run.File("run"))).ExpectError(3, "holds a run already", "train resume");
        Directory.CreateDirectory(run.File("mine"));
        run.Write(Path.Combine("mine", "notes.txt"), "mine");
        KinoraProcess.Run(run.Train(run.RecipeFile, run.File("mine"))).ExpectError(3, "isn't empty and no run");
        KinoraProcess.Run(run.Train(run.RecipeFile, run.Data)).ExpectError(3, "is a file");
        KinoraProcess.Run(run.Train(run.RecipeFile, "/proc/kinora")).ExpectError(3, "/proc/kinora", "can't be made");
        KinoraProcess.Run("train", "resume", run.File("nowhere")).ExpectError(3, "no such directory");
        KinoraProcess.Run("train", "resume", run.File("mine")).ExpectError(3, "no run");
    }

    [Fact]
    public void Model_that_is_not_there() => KinoraProcess.Run("train", run.RecipeFile, "--model", "/nowhere", "--data", run.Data, "--out", run.File("x")).ExpectError(2, "/nowhere", "--model DIR");

    [Fact]
    public void Without_ffmpeg_the_run_ends_and_can_go_on()
    {
        Directory.CreateDirectory(run.File("empty"));
        var outcome = KinoraProcess.RunWith("", new Dictionary<string, string> { ["PATH"] = run.File("empty") }, run.Train(run.RecipeFile, run.File("noffmpeg"), "--set", "steps=1")).Expect(3);
        Assert.Contains("apt-get install ffmpeg", outcome.Err, StringComparison.Ordinal);
        Assert.DoesNotContain("Left out", outcome.Err, StringComparison.Ordinal);
        KinoraProcess.Run("train", "resume", run.File("noffmpeg")).Expect(0);
    }

    [Fact]
    public void A_loss_that_is_no_number_names_step_samples_and_checkpoint()
    {
        var directory = run.File("nan");
        var outcome = KinoraProcess.Run(run.Train(run.RecipeFile, directory, "--set", "optimizer.learning_rate=1e30", "--set", "optimizer.max_grad_norm=null", "--set", "save.every_steps=1", "--set", "schedule.warmup_steps=0", "--set", "steps=30")).Expect(3);
        var line = outcome.Err.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.Matches("^kinora: Step [0-9]+ gave a loss of .* its samples were .*data.jsonl: record [1-3] .* the last good checkpoint is .*step-0000000[0-9]", line);
        Assert.NotEmpty(Directory.GetDirectories(Path.Combine(directory, "checkpoints")));
    }
}
