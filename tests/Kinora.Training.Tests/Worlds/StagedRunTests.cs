using Kinora.Training.Recipes;
using Kinora.Training.Runs;
using Kinora.Training.Tests.Trainers;
using Kinora.Training.Trainers;

namespace Kinora.Training.Tests.Worlds;

public sealed class StagedRunTests : IDisposable
{
    private const string Stages = """
        create: {image_size: 16, patch_size: 8, vision_hidden: 24, vision_inner: 32, vision_layers: 3, vision_heads: 2, hidden: 32, inner: 48, layers: 2, heads: 4, key_value_heads: 2, vocabulary: 400}
        optimizer: {learning_rate: 1e-3}
        batch_size: 3
        save: {every_steps: 2}
        world: {seeds: 0..999, levels: [1, 1, 1]}
        stages:
          - name: tower
            train: [{parameters: "vision_tower.*", optimizer: muon}]
            world: {lessons: {frames: 1}, tower_loss: 1}
            steps: 3
          - name: clips
            train: [{parameters: "multi_modal_projector.*"}, {parameters: "language_model.model.layers.*", optimizer: muon}, {parameters: "language_model.*"}]
            world: {lessons: {clips: 3, stills: 1}, motion_loss: 0.3, judged_clips: 2, judge_every_steps: 4}
            steps: 5
        """;

    private readonly TemporaryDirectory directory = new();
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_run_in_stages_that_is_stopped_anywhere_ends_with_the_bytes_of_one_that_is_not()
    {
        var calm = await ToTheEndAsync("calm", int.MaxValue);
        Assert.Equal(["started at 0 of 3", "saved 2", "saved 3", "finished at 3", "started at 0 of 5", "saved 2", "saved 4", "saved 5", "finished at 5"], calm);

        // Stopped in the first stage, at its end, and in the second.
        foreach (var stop in new[] { 1, 2, 3 })
        {
            await ToTheEndAsync($"stopped-{stop}", stop);
            foreach (var file in new[] { "model/model.safetensors", "1-tower/model/model.safetensors", "2-clips/model/config.json", "model/tokenizer.json" })
            {
                Assert.Equal(File.ReadAllBytes(Path.Combine(directory.Path, "calm", file)), File.ReadAllBytes(Path.Combine(directory.Path, $"stopped-{stop}", file)));
            }
        }
    }

    [Fact]
    public void Printing_a_recipe_in_stages_gives_the_same_recipe()
    {
        var recipe = Recipe.Parse(Stages, "r", directory.Path);
        Assert.Empty(recipe.Differences(Recipe.Parse(recipe.Print(), "printed", "/elsewhere")));
        Assert.Equal(["tower", "clips"], recipe.Stages.Select(stage => stage.Name));
        Assert.Equal((1e-3, 3, 0.3, 999L), (recipe.Stages[1].Recipe.Optimizer.LearningRate, recipe.Stages[1].Recipe.BatchSize, recipe.Stages[1].Recipe.World!.MotionLoss, recipe.Stages[1].Recipe.World!.Seeds.Last));
        Assert.Single(recipe.Differences(Recipe.Parse(Stages, "r", directory.Path, ["stages.1.steps=6"])));
    }

    [Theory]
    [InlineData("seeds: 0..999", "seeds: 0..900000", "900000..999999")]
    [InlineData("seeds: 0..999", "seeds: 950000..950001", "never trained on")]
    [InlineData("seeds: 0..999", "seeds: 9..3", "0..799999")]
    [InlineData("levels: [1, 1, 1]", "levels: [0, 0, 0]", "at least one level")]
    [InlineData("levels: [1, 1, 1]", "levels: [1, 1, 1, 1]", "levels 1, 2 and 3")]
    [InlineData("{frames: 1}", "{frame: 1}", "did you mean 'world.lessons.frames'")]
    [InlineData("{frames: 1}", "{}", "lessons")]
    [InlineData("name: clips", "name: tower", "second stage is called 'tower'")]
    [InlineData("name: clips", "name: Clips!", "small letters")]
    [InlineData("name: clips", "tag: clips", "name")]
    [InlineData("patch_size: 8", "patch_size: 7", "must divide image_size")]
    [InlineData("key_value_heads: 2", "key_value_heads: 3", "must divide heads")]
    [InlineData("heads: 4, key", "heads: 3, key", "heads of even size")]
    [InlineData("hidden: 32, inner", "hiden: 32, inner", "did you mean")]
    [InlineData("judged_clips: 2", "judged_clips: 20000", "0 to 10000")]
    [InlineData("batch_size: 3", "lora: {rank: 2}", "'lora' has no place")]
    [InlineData("batch_size: 3", "model: /somewhere", "keep one")]
    [InlineData("batch_size: 3", "data: [{path: a.jsonl}]", "no data files")]
    [InlineData("batch_size: 3", "validation: {data: [{path: a.jsonl}]}", "world.judged_clips")]
    [InlineData("steps: 5", "model: /elsewhere", "only the first stage")]
    [InlineData("seeds: 0..999", "seeds: 3000000000..3000000999", "0..799999")]
    public void What_is_wrong_is_said(string right, string wrong, string message)
    {
        Assert.Contains(right, Stages, StringComparison.Ordinal);
        var error = Assert.Throws<RecipeException>(() => Recipe.Parse(Stages.Replace(right, wrong, StringComparison.Ordinal), "r", directory.Path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("line", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("language_model.model.layers.*\"", "language_model.model.layer.*\"", "Stage clips", "names no parameter")]
    [InlineData("judged_clips: 2, judge_every_steps: 4}", "judged_clips: 2}\n    frames: 25", "Stage clips", "shortest clip")]
    [InlineData("tower_loss: 1", "tower_loss: 0", "Stage tower", "world.tower_loss")]
    [InlineData("batch_size: 3", "world: {room: 1000}", "positions that the model was made for", "at most")]
    public void What_a_later_stage_would_stumble_over_is_said_before_the_first(string right, string wrong, string stage, string message)
    {
        var text = wrong.StartsWith("world", StringComparison.Ordinal) ? Stages.Replace("seeds: 0..999,", "seeds: 0..999, room: 1000,", StringComparison.Ordinal) : Stages.Replace(right, wrong, StringComparison.Ordinal);
        Assert.NotEqual(Stages, text);
        using var run = RunDirectory.Create(Path.Combine(directory.Path, "early"), Recipe.Parse(text, "r", directory.Path));
        var error = Assert.Throws<RecipeException>(() => new StagedRun(run).Require());
        Assert.Contains(stage, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        run.ForgetUnlessBegun();
        Assert.False(RunDirectory.IsRun(run.Path));
    }

    [Fact]
    public void Without_anything_to_begin_with_it_says_so()
    {
        using var run = RunDirectory.Create(Path.Combine(directory.Path, "none"), Recipe.Parse(Stages.Replace("create: {", "#", StringComparison.Ordinal), "r", directory.Path));
        Assert.Contains("'create'", Assert.Throws<RecipeException>(() => new StagedRun(run).Open(0)).Message, StringComparison.Ordinal);
    }

    /// <returns>What the journal was told.</returns>
    private async Task<List<string>> ToTheEndAsync(string name, int stopAfter)
    {
        var (path, lines, steps) = (Path.Combine(directory.Path, name), new List<string>(), 0);
        for (var begun = false; ; begun = true)
        {
            using var run = begun ? RunDirectory.Open(path) : RunDirectory.Create(path, Recipe.Parse(Stages, "r", directory.Path));
            var staged = new StagedRun(run);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            while (staged.Next() is { } stage && !stop.IsCancellationRequested)
            {
                using var part = staged.Open(stage);
                var journal = new SilentJournal { AfterStep = _ => { if (++steps % stopAfter == 0) { stop.Cancel(); } } };
                await using var trainer = new Trainer(part, journal, cancellation);
                await trainer.RunAsync(stop.Token);
                lines.AddRange(journal.Lines);
            }

            if (staged.Next() is null)
            {
                staged.Finish();
                Assert.Empty(Directory.EnumerateDirectories(path, ".*"));
                return lines;
            }
        }
    }
}
