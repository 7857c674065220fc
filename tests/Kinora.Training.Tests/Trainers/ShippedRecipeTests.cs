using Kinora.Training.Recipes;
using Kinora.Training.Runs;
using Kinora.Training.Trainers;

namespace Kinora.Training.Tests.Trainers;

public sealed class ShippedRecipeTests
{
    public static TheoryData<string> Recipes => [.. Names.Where(name => Recipe.Load(Path.Combine(Fixture.Recipes, name)).Stages.Count == 0)];

    public static TheoryData<string> StagedRecipes => [.. Names.Where(name => Recipe.Load(Path.Combine(Fixture.Recipes, name)).Stages.Count > 0)];

    private static IEnumerable<string> Names => Directory.GetFiles(Fixture.Recipes, "*.yaml").Select(path => Path.GetFileName(path)).Order();

    [Theory]
    [MemberData(nameof(StagedRecipes))]
    public async Task Every_shipped_recipe_in_stages_makes_a_model_from_nothing(string name)
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(Fixture.Recipes, name);
        var settings = Recipe.Load(path).Stages.SelectMany((_, i) => new[] { $"stages.{i}.steps=1", $"stages.{i}.batch_size=4", $"stages.{i}.schedule.warmup_steps=0", $"stages.{i}.world.judged_clips=1" });
        using var run = RunDirectory.Create(Path.Combine(directory.Path, "run"), Recipe.Load(path, [.. settings]));
        var staged = new StagedRun(run);
        staged.Require();
        while (staged.Next() is { } stage)
        {
            using var part = staged.Open(stage);
            var journal = new SilentJournal();
            await using var trainer = new Trainer(part, journal, TestContext.Current.CancellationToken);
            Assert.True(await trainer.RunAsync(TestContext.Current.CancellationToken));
            Assert.True(Assert.Single(journal.Steps).GradientNorm > 0);
            Assert.Single(journal.Validations);
        }

        staged.Finish();
        using var model = Kinora.Models.Families.ModelLoader.Load(Path.Combine(run.Path, "model"));
        Assert.Equal("tarsier", model.Family);
    }

    [Fact]
    public async Task The_recipe_of_PLLaVA_runs_on_a_model_of_its_own_and_its_adapter_is_taken()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory.Path);
        var (data, model) = (Path.Combine(directory.Path, "data.jsonl"), Fixture.At("pllava-7b", "checkpoint"));
        File.WriteAllLines(data, Enumerable.Range(0, 2).Select(clip => $$"""{"video": "{{Fixture.Clip(clip)}}", "text": "A red ball rolls."}"""));
        var recipe = Recipe.Load(Path.Combine(Fixture.Recipes, "pllava-lora.yaml"), ["steps=2", "frames=3", "batch_size=2", "schedule.warmup_steps=0", "lora.rank=2"]) with { Model = model, Data = [new DataSource(data)] };
        using var run = RunDirectory.Create(Path.Combine(directory.Path, "run"), recipe);
        var journal = new SilentJournal();
        await using var trainer = new Trainer(run, journal, TestContext.Current.CancellationToken);
        Assert.Equal(3, trainer.Model.Model.DefaultFrames);
        var before = trainer.Model.Store.Parameters.ToDictionary(parameter => parameter.Settings.Name, parameter => parameter.Weights.AsSpan().ToArray());
        Assert.Equal(4 + (2 * 2 * 2), before.Count); // the projector, and A and B of q and v of two layers
        Assert.True(await trainer.RunAsync(TestContext.Current.CancellationToken));
        Assert.All(journal.Steps, step => Assert.True(step.Result.Loss > 0 && step.GradientNorm > 0));
        Assert.All(trainer.Model.Store.Parameters, parameter => Assert.NotEqual(before[parameter.Settings.Name], parameter.Weights.AsSpan().ToArray()));

        using var loaded = Kinora.Models.Families.ModelLoader.Load(model);
        using var adapter = Kinora.Models.Adapters.LoraAdapter.Load(Path.Combine(run.Path, "adapter"));
        adapter.Attach(loaded);
        Assert.Equal(4, loaded.Weights.Layers.Values.Count(layer => layer.Adapters.Count == 2));
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task Every_shipped_recipe_runs_on_a_model_of_Tarsiers_shape(string name)
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory.Path);
        var data = Path.Combine(directory.Path, "data.jsonl");
        File.WriteAllLines(data, Enumerable.Range(0, 3).Select(clip => $$"""{"video": "{{Fixture.Clip(clip)}}", "text": "A red ball rolls.", "rejected": "A dog sits."}"""));
        var recipe = Recipe.Load(Path.Combine(Fixture.Recipes, name), ["steps=2", "frames=2", "batch_size=3", "schedule.warmup_steps=0"]);
        recipe = recipe with { Model = Fixture.Toybox, Data = [new DataSource(data)] };
        using var run = RunDirectory.Create(Path.Combine(directory.Path, "run"), recipe);
        var journal = new SilentJournal();
        await using var trainer = new Trainer(run, journal, TestContext.Current.CancellationToken);
        var before = trainer.Model.Store.Parameters.ToDictionary(parameter => parameter.Settings.Name, parameter => parameter.Weights.AsSpan().ToArray());
        Assert.True(await trainer.RunAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, journal.Steps.Count);
        Assert.All(journal.Steps, step => Assert.True(step.Result.Loss > 0 && step.GradientNorm > 0));

        // All that may learn has moved; a key bias without rotary positions has no gradient but noise, which moves nothing at small rates.
        Assert.All(trainer.Model.Store.Parameters.Where(parameter => !parameter.Settings.Name.EndsWith("k_proj.bias", StringComparison.Ordinal)), parameter => Assert.NotEqual(before[parameter.Settings.Name], parameter.Weights.AsSpan().ToArray()));
        Assert.Equal(name.Contains("tarsier2", StringComparison.Ordinal) || name.Contains("sharegpt4video", StringComparison.Ordinal), before.Keys.Any(key => key.StartsWith("vision_tower.", StringComparison.Ordinal)));
        Assert.Equal(recipe.Lora is not null, Directory.Exists(Path.Combine(run.Path, "adapter")));
    }
}
