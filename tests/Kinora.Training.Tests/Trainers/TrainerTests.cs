using Kinora.Media;
using Kinora.Models.Adapters;
using Kinora.Models.Describing;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Training.Recipes;
using Kinora.Training.Runs;
using Kinora.Training.Trainers;

namespace Kinora.Training.Tests.Trainers;

public sealed class TrainerTests : IDisposable
{
    private const string Lora = """
        train: [{parameters: "multi_modal_projector.*"}]
        lora: {rank: 4, alpha: 8, targets: [q_proj, v_proj], dropout: 0.1}
        optimizer: {learning_rate: 2e-3}
        batch_size: 2
        steps: 6
        frames: 3
        memory: {gradient_checkpointing: true}
        save: {every_steps: 2}
        """;

    private readonly TemporaryDirectory directory = new();
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;
    private int number;

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(", optimizer: muon")]
    public async Task A_run_that_is_stopped_and_resumed_ends_with_the_bytes_of_one_that_is_not(string optimizer)
    {
        var recipe = Lora.Replace("projector.*\"", "projector.*\"" + optimizer, StringComparison.Ordinal);
        var data = Data(Sample(0), Sample(1), Sample(2), """{"video": "none.mp4", "text": "T"}""");
        var calm = await RunAsync(recipe, data, new SilentJournal());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var journal = new SilentJournal { AfterStep = step => { if (step == 3) { stop.Cancel(); } } };
        using (var run = Create(recipe, data, "stopped"))
        await using (var trainer = new Trainer(run, journal, cancellation))
        {
            Assert.False(await trainer.RunAsync(stop.Token));
        }

        var stopped = Path.Combine(directory.Path, "stopped");
        Assert.Equal(3, journal.Steps.Count);
        var later = new SilentJournal();
        using (var run = RunDirectory.Open(stopped))
        await using (var trainer = new Trainer(run, later, cancellation))
        {
            Assert.True(await trainer.RunAsync(cancellation));
        }

        Assert.Equal([4L, 5, 6], later.Steps.Select(step => step.Number));
        foreach (var file in new[] { "adapter/adapter_model.safetensors", "checkpoints/step-00000006/state.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(calm, file)), File.ReadAllBytes(Path.Combine(stopped, file)));
        }

        Assert.NotEmpty(journal.Broken.Concat(later.Broken));
    }

    [Fact]
    public async Task Blocks_computed_again_change_no_bit_of_the_weights()
    {
        var data = Data(Sample(0), Sample(1));
        var again = await RunAsync(Lora, data, new SilentJournal());
        var kept = await RunAsync(Lora.Replace("gradient_checkpointing: true", "gradient_checkpointing: false", StringComparison.Ordinal), data, new SilentJournal());
        Assert.Equal(File.ReadAllBytes(Path.Combine(again, "adapter", "adapter_model.safetensors")), File.ReadAllBytes(Path.Combine(kept, "adapter", "adapter_model.safetensors")));
    }

    [Fact]
    public async Task Inputs_kept_as_bfloat16_change_the_loss_by_their_rounding_only()
    {
        var data = Data(Sample(0), Sample(1));
        var (exact, rounded) = (new SilentJournal(), new SilentJournal());
        await RunAsync(Lora, data, exact);
        await RunAsync(Lora.Replace("gradient_checkpointing: true", "gradient_checkpointing: true, activations: bf16", StringComparison.Ordinal), data, rounded);
        foreach (var (one, other) in exact.Steps.Zip(rounded.Steps))
        {
            Assert.NotEqual(one.Result.Loss, other.Result.Loss);
            Assert.Equal(one.Result.Loss, other.Result.Loss, 0.02 * one.Result.Loss);
            Assert.Equal(one.GradientNorm, other.GradientNorm, 0.1 * one.GradientNorm);
        }
    }

    [Fact]
    public async Task What_was_learned_is_described_with_the_adapter_and_not_without()
    {
        const string Text = "A red ball rolls.";
        var recipe = Lora.Replace("steps: 6", "steps: 60", StringComparison.Ordinal).Replace("every_steps: 2", "every_steps: 60", StringComparison.Ordinal).Replace("rank: 4, alpha: 8", "rank: 16, alpha: 32", StringComparison.Ordinal).Replace(", dropout: 0.1", "", StringComparison.Ordinal).Replace("2e-3", "1e-2", StringComparison.Ordinal);
        var journal = new SilentJournal();
        var run = await RunAsync(recipe, Data($$"""{"video": "{{Fixture.Clip(0)}}", "text": "{{Text}}"}"""), journal);
        Assert.True(journal.Steps[^1].Result.Loss < 0.05 * journal.Steps[0].Result.Loss, $"{journal.Steps[0].Result.Loss} -> {journal.Steps[^1].Result.Loss}");
        using var before = ModelLoader.Load(Fixture.Toybox);
        var plain = await DescribeAsync(before);
        Assert.NotEqual(Text, plain);
        foreach (var (strength, expected) in new[] { (1.0, Text), (0.0, plain) })
        {
            using var model = ModelLoader.Load(Fixture.Toybox);
            using var adapter = LoraAdapter.Load(Path.Combine(run, "adapter"));
            adapter.Attach(model, strength);
            Assert.Equal(expected, await DescribeAsync(model));
        }
    }

    [Fact]
    public async Task A_whole_model_is_saved_as_it_was_read_and_describes_what_it_learned()
    {
        const string Recipe = """
            train: [{parameters: "multi_modal_projector.*"}, {parameters: "language_model.*"}]
            optimizer: {learning_rate: 3e-3}
            steps: 30
            frames: 3
            schedule: {kind: constant, warmup_steps: 0}
            """;
        const string Text = "A small blue cube turns.";
        var journal = new SilentJournal();
        var run = await RunAsync(Recipe, Data($$"""{"video": "{{Fixture.Clip(1)}}", "text": "{{Text}}"}"""), journal);
        Assert.Contains("saved 30", journal.Lines);
        using var model = ModelLoader.Load(Path.Combine(run, "model"));
        Assert.Equal(Text, await DescribeAsync(model, clip: 1));
    }

    [Fact]
    public async Task Preferences_learn_to_prefer_and_the_reference_is_computed_once()
    {
        const string Recipe = """
            task: dpo
            lora: {rank: 4, alpha: 8, targets: [q_proj, v_proj]}
            optimizer: {learning_rate: 3e-3}
            schedule: {kind: constant, warmup_steps: 0}
            batch_size: 2
            steps: 8
            frames: 3
            dpo: {beta: 0.1, reference: REFERENCE}
            """;
        var data = Data(Pair(0, "A red ball rolls.", "A dog sits."), Pair(1, "A cube turns.", "Two cats run."));
        var losses = new List<double>();
        foreach (var reference in new[] { "start", "lora_off", Fixture.Toybox })
        {
            var journal = new SilentJournal();
            var run = await RunAsync(Recipe.Replace("REFERENCE", reference, StringComparison.Ordinal), data, journal);
            Assert.Equal(Math.Log(2), journal.Steps[0].Result.Loss, 1e-5);
            Assert.True(journal.Steps[^1].Result.Margin > 0.1, $"margin {journal.Steps[^1].Result.Margin}");
            Assert.Equal(1.0, journal.Steps[^1].Result.Accuracy);
            Assert.Equal(2, File.ReadLines(Path.Combine(run, "reference.jsonl")).Count());
            losses.Add(journal.Steps[^1].Result.Loss);
        }

        // The model before its first step, with its adapters off, and the checkpoint it came from are the same reference.
        Assert.Single(losses.Distinct());
    }

    [Fact]
    public async Task Pairs_that_are_drawn_in_the_place_of_broken_ones_have_a_reference()
    {
        const string Recipe = """
            task: dpo
            lora: {rank: 2, alpha: 4, targets: [q_proj]}
            batch_size: 1
            steps: 2
            frames: 1
            dpo: {reference: start}
            """;
        var data = Data([.. Enumerable.Range(0, 6).Select(i => i < 2 ? Pair(i, "A red ball rolls.", "A dog sits.") : $$"""{"video": "none-{{i}}.mp4", "text": "A", "rejected": "B"}""")]);
        var journal = new SilentJournal();
        await RunAsync(Recipe, data, journal);
        Assert.Equal([1L, 2], journal.Steps.Select(step => step.Number));
        Assert.NotEmpty(journal.Broken);
    }

    [Fact]
    public async Task Validation_is_judged_and_the_best_checkpoint_stays()
    {
        var data = Data(Sample(0), Sample(1));
        var held = Data(Sample(2));
        var journal = new SilentJournal();
        var recipe = Lora.Replace("save: {every_steps: 2}", "save: {every_steps: 1, keep_last: 1}", StringComparison.Ordinal) + $"\nvalidation: {{data: [{{path: {held}}}], every_steps: 2}}";
        var run = await RunAsync(recipe, data, journal);
        Assert.Equal([2L, 4, 6], journal.Validations.Select(entry => entry.Step));
        var best = journal.Validations.MinBy(entry => entry.Loss).Step;
        var left = Directory.GetDirectories(Path.Combine(run, "checkpoints")).Select(path => long.Parse(Path.GetFileName(path)["step-".Length..], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(new[] { best, 6L }.Distinct().Order(), left.Order());
    }

    [Fact]
    public async Task Data_that_is_all_broken_and_rates_that_explode_stop_the_run_with_a_reason()
    {
        var broken = Data("""{"video": "none.mp4", "text": "T"}""", """{"video": "neither.mp4", "text": "T"}""");
        var error = await Assert.ThrowsAsync<TrainingException>(() => RunAsync(Lora, broken, new SilentJournal()));
        Assert.Contains("None of 2 samples", error.Message);
        Assert.Contains("data-", error.Message);
        var journal = new SilentJournal();
        error = await Assert.ThrowsAsync<TrainingException>(() => RunAsync(Lora.Replace("learning_rate: 2e-3", "learning_rate: 1e30, max_grad_norm: null", StringComparison.Ordinal), Data(Sample(0), Sample(1)), journal));
        Assert.Contains("Step ", error.Message);
        Assert.Contains("data-", error.Message);
        Assert.Contains("last good checkpoint", error.Message);
    }

    [Theory]
    [InlineData("train: [{parameters: \"no_such.*\"}]\nsteps: 1", "no_such")]
    [InlineData("lora: {rank: 2, alpha: 2, targets: [nothing]}\nsteps: 1", "nothing")]
    public void What_fits_nothing_in_the_model_is_refused(string recipe, string named)
    {
        using var run = Create(recipe, Data(Sample(0)), "refused");
        Assert.Contains(named, Assert.Throws<RecipeException>(() => new Trainer(run, new SilentJournal())).Message);
    }

    [Fact]
    public void One_data_file_with_two_media_folders_is_refused()
    {
        var data = Data(Sample(0));
        using var run = Create(Lora, data, "twice");
        var twice = run.Recipe with { Data = [new DataSource(data) { Weight = 1 }, new DataSource(data) { Weight = 1, Media = directory.Path }] };
        using var other = RunDirectory.Create(Path.Combine(directory.Path, "other"), twice);
        Assert.Contains("media", Assert.Throws<RecipeException>(() => new Trainer(other, new SilentJournal())).Message);
    }

    private static string Sample(int clip) => $$"""{"video": "{{Fixture.Clip(clip)}}", "text": "Clip {{clip}} is here."}""";

    private static string Pair(int clip, string text, string rejected) => $$"""{"video": "{{Fixture.Clip(clip)}}", "text": "{{text}}", "rejected": "{{rejected}}"}""";

    private async Task<string> DescribeAsync(VisionLanguageModel model, int clip = 0)
    {
        var options = new DescribeOptions { Frames = new FrameRequest { Count = 3 }, Generation = new GenerationOptions { MaxNewTokens = 40 } };
        var description = await new Describer(model).DescribeAsync(Fixture.Clip(clip), options, cancellation: cancellation);
        return description.Text.Trim();
    }

    private string Data(params string[] lines)
    {
        Directory.CreateDirectory(directory.Path);
        var path = Path.Combine(directory.Path, $"data-{number++}.jsonl");
        File.WriteAllLines(path, lines);
        return path;
    }

    private RunDirectory Create(string recipe, string data, string name)
    {
        var read = Recipe.Parse(recipe, "recipe", directory.Path) with { Model = Fixture.Toybox };
        return RunDirectory.Create(Path.Combine(directory.Path, name), read with { Data = [new DataSource(data)] });
    }

    private async Task<string> RunAsync(string recipe, string data, SilentJournal journal)
    {
        using var run = Create(recipe, data, $"run-{number++}");
        await using var trainer = new Trainer(run, journal, cancellation);
        Assert.True(await trainer.RunAsync(cancellation));
        return run.Path;
    }
}
