using Kinora.Tensors;
using Kinora.Training.Data;
using Kinora.Training.Optimization;
using Kinora.Training.Recipes;
using Kinora.Training.Schedules;

namespace Kinora.Training.Tests.Recipes;

public sealed class RecipeTests
{
    /// <summary>Every key, none with its default.</summary>
    internal const string Full = """
        task: dpo
        model: model
        data:
          - {path: a.jsonl, format: jsonl, media: clips, weight: 2}
          - path: /data/b.json
            weight: 0.5
        validation: {data: [{path: v.json, format: llava}], every_steps: 7}
        frames: 4
        max_tokens: 900
        batch_size: 3
        micro_batch_tokens: 700
        epochs: 2.5
        seed: 11
        train:
          - {parameters: "*projector.*", learning_rate: 1e-4, weight_decay: 0.1, optimizer: muon}
          - parameters: language_model.*
        tower_layer_decay: 0.9
        lora: {rank: 4, alpha: 12, targets: [q_proj, "*.mlp.*"], dropout: 0.05, learning_rate: 3e-4}
        optimizer: {learning_rate: 5e-6, betas: [0.8, 0.99], eps: 1e-6, weight_decay: 0.01, momentum: 0.8, max_grad_norm: null}
        schedule: {kind: linear, warmup_steps: 9, min_ratio: 0.1, floor: 0.05}
        dpo: {beta: 0.2, reference: other}
        memory: {gradient_checkpointing: true, activations: bf16}
        save: {every_steps: 12, keep_last: 3, keep_best: false}
        log: {every_steps: 5, tensorboard: false}
        """;

    private const string Least = "train: [{parameters: '*'}]";

    [Fact]
    public void Every_key_reaches_its_value()
    {
        var recipe = Recipe.Parse(Full, "full.yaml", "/home/r");
        Assert.Equal(TrainingTask.Dpo, recipe.Task);
        Assert.Equal("/home/r/model", recipe.Model);
        Assert.Equal(
            [new DataSource("/home/r/a.jsonl") { Format = DataFormat.Jsonl, Media = "/home/r/clips", Weight = 2 }, new DataSource("/data/b.json") { Weight = 0.5 }],
            recipe.Data);
        Assert.Equal([new DataSource("/home/r/v.json") { Format = DataFormat.Llava }], recipe.Validation.Data);
        Assert.Equal((7, 4, 900, 3, 700, 2.5, 11), (recipe.Validation.EverySteps, recipe.Frames, recipe.MaxTokens, recipe.BatchSize, recipe.MicroBatchTokens, recipe.Epochs, recipe.Seed));
        Assert.Equal([new ParameterRule("*projector.*") { LearningRate = 1e-4, WeightDecay = 0.1, Optimizer = OptimizerKind.Muon }, new ParameterRule("language_model.*")], recipe.Train);
        Assert.Equal(0.9, recipe.TowerLayerDecay);
        Assert.Equal(["q_proj", "*.mlp.*"], recipe.Lora!.Targets);
        Assert.Equal((4, 12.0, 0.05, 3e-4), (recipe.Lora.Rank, recipe.Lora.Alpha, recipe.Lora.Dropout, recipe.Lora.LearningRate));
        Assert.Equal(new OptimizerSection { LearningRate = 5e-6, Beta1 = 0.8, Beta2 = 0.99, Eps = 1e-6, WeightDecay = 0.01, Momentum = 0.8, MaxGradNorm = null }, recipe.Optimizer);
        Assert.Equal(new ScheduleSection { Kind = ScheduleKind.Linear, WarmupSteps = 9, MinRatio = 0.1, Floor = 0.05 }, recipe.Schedule);
        Assert.Equal(new DpoSection { Beta = 0.2, Reference = ReferenceKind.Directory, ReferenceDirectory = "/home/r/other" }, recipe.Dpo);
        Assert.Equal(new MemorySection { GradientCheckpointing = true, Activations = StorageFormat.BF16 }, recipe.Memory);
        Assert.Equal(new SaveSection { EverySteps = 12, KeepLast = 3, KeepBest = false }, recipe.Save);
        Assert.Equal(new LogSection { EverySteps = 5, TensorBoard = false }, recipe.Log);
    }

    [Theory]
    [InlineData(Full)]
    [InlineData(Least)]
    [InlineData("lora: {targets: [\"a\\\"b\\n\\u2028'\", \"#x: y\"]}\nsteps: 3\nmodel: \"~\"")]
    public void What_is_printed_reads_as_the_same_recipe_from_anywhere(string yaml)
    {
        var recipe = Recipe.Parse(yaml, "a.yaml", "/home/r");
        var again = Recipe.Parse(recipe.Print(), "b.yaml", "/elsewhere");
        Assert.Empty(recipe.Differences(again));
        Assert.Equal(recipe.Print(), again.Print());
        Assert.Equal(recipe.Lora?.Targets ?? [], again.Lora?.Targets ?? []);
        Assert.Equal(recipe.Model, again.Model);
    }

    [Fact]
    public void Print_names_every_key_that_the_reader_knows()
    {
        var printed = Recipe.Parse(Full, "a.yaml", "/").Print();
        foreach (var key in "task model data path format media weight validation every_steps frames max_tokens batch_size micro_batch_tokens epochs seed train parameters learning_rate weight_decay tower_layer_decay lora rank alpha targets dropout optimizer betas eps momentum max_grad_norm schedule kind warmup_steps min_ratio floor dpo beta reference memory gradient_checkpointing activations save keep_last keep_best log tensorboard".Split(' '))
        {
            Assert.Matches($"(?m)^[ -]*{key}:", printed);
        }
    }

    [Fact]
    public void Settings_replace_values_and_their_paths_count_from_the_working_directory()
    {
        string[] settings = ["optimizer.eps=1e-5", "train.1.learning_rate=7e-5", "lora=null", "steps=40", "schedule.warmup_ratio=0.5", "model=m", "data.0.path=x=y.jsonl", "save.keep_last = 9"];
        var recipe = Recipe.Parse(Full, "a.yaml", "/home/r", settings);
        Assert.Equal((1e-5, 7e-5, 40L, 9), (recipe.Optimizer.Eps, recipe.Train[1].LearningRate, recipe.Steps, recipe.Save.KeepLast));
        Assert.Null(recipe.Lora);
        Assert.Equal((null, 0.5), (recipe.Schedule.WarmupSteps, recipe.Schedule.WarmupRatio));
        Assert.Equal(Path.GetFullPath("m"), recipe.Model);
        Assert.Equal(Path.GetFullPath("x=y.jsonl"), recipe.Data[0].Path);
        Assert.Equal("/home/r/clips", recipe.Data[0].Media);
        Assert.Equal(32, Recipe.Parse(Least, "a", "/", ["lora.rank=32"]).Lora!.Rank);
    }

    [Fact]
    public void Differences_name_key_and_both_values()
    {
        var recipe = Recipe.Parse(Full, "a.yaml", "/home/r");
        var other = Recipe.Parse(Full, "a.yaml", "/home/r", ["optimizer.eps=1e-5", "lora.rank=5", "data.1.weight=3", "dpo.reference=start"]);
        Assert.Equal(["data.1.weight: 0.5 -> 3", "lora.rank: 4 -> 5", "optimizer.eps: 1e-06 -> 1e-05", "dpo.reference: \"/home/r/other\" -> start"], recipe.Differences(other));
        Assert.Contains("lora.rank: 4 -> (nothing)", recipe.Differences(recipe with { Lora = null }));
    }

    [Fact]
    public void The_first_rule_that_fits_counts_and_the_rest_is_frozen()
    {
        var recipe = Recipe.Parse("train: [{parameters: a.*.bias}, {parameters: a.*, learning_rate: 1}]", "a", "/");
        Assert.Null(recipe.RuleFor("a.b.bias")!.LearningRate);
        Assert.Equal(1, recipe.RuleFor("a.b.weight")!.LearningRate);
        Assert.Null(recipe.RuleFor("b.a.weight"));
    }

    [Fact]
    public void Steps_follow_from_epochs_where_none_are_given()
    {
        var recipe = Recipe.Parse(Least, "a", "/", ["epochs=1.5", "batch_size=4"]);
        Assert.Equal(4, recipe.TotalSteps(10));
        Assert.Equal(1, recipe.TotalSteps(1));
        Assert.Equal(3, (recipe with { Steps = 3 }).TotalSteps(10));
        Assert.Equal(20, Recipe.Parse(Least, "a", "/", ["schedule.warmup_ratio=0.2"]).Schedule.For(100).WarmupSteps);
    }

    [Fact]
    public void A_recipe_without_model_or_data_says_how_to_name_them()
    {
        var recipe = Recipe.Parse(Least, "a", "/");
        Assert.Contains("--model", Assert.Throws<RecipeException>(recipe.Complete).Message, StringComparison.Ordinal);
        Assert.Contains("--data", Assert.Throws<RecipeException>((recipe with { Model = "/m" }).Complete).Message, StringComparison.Ordinal);
        var complete = recipe with { Model = "/m", Data = [new DataSource("/d")] };
        Assert.Same(complete, complete.Complete());
    }

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("**a", "ba", true)]
    [InlineData("a*", "ba", false)]
    [InlineData("*ab", "aab", true)]
    public void Stars_stand_for_anything(string pattern, string name, bool expected) => Assert.Equal(expected, NamePattern.Matches(pattern, name));
}
