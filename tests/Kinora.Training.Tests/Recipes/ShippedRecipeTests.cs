using Kinora.Training.Recipes;

namespace Kinora.Training.Tests.Recipes;

public sealed class ShippedRecipeTests
{
    private static string Folder => Path.GetFullPath(Path.Combine(Fixture.At(), "..", "..", "recipes"));

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder).Select(file => Path.GetFileName(file)!)];

    [Fact]
    public void All_stages_are_there()
        => Assert.Equal(
            ["llava-projector", "pllava-lora", "sharegpt4video-8b", "tarsier-lora", "tarsier-stage1", "tarsier-stage2", "tarsier2-dpo", "tarsier2-sft1", "tarsier2-sft2", "toybox", "toybox-lora"],
            Directory.GetFiles(Folder).Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_loads_prints_and_waits_for_model_and_data(string name)
    {
        var path = Path.Combine(Folder, name);
        var recipe = Recipe.Load(path);
        Assert.Empty(recipe.Differences(Recipe.Parse(recipe.Print(), "printed", "/")));
        Assert.Null(recipe.Model);
        Assert.Empty(recipe.Data);
        Assert.StartsWith("# ", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Contains($"kinora train recipes/{name} ", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.NotNull((recipe.Stages.Count > 0 ? recipe.Stages[^1].Recipe : recipe).RuleFor("multi_modal_projector.linear_1.weight"));
    }

    [Theory]
    [InlineData("llava-projector", false, false, false)]
    [InlineData("tarsier-stage1", false, true, false)]
    [InlineData("tarsier-stage2", false, true, false)]
    [InlineData("tarsier2-sft1", true, true, false)]
    [InlineData("tarsier2-dpo", true, true, false)]
    [InlineData("pllava-lora", false, false, true)]
    [InlineData("sharegpt4video-8b", true, false, true)]
    public void Each_trains_the_parts_that_its_source_says(string name, bool tower, bool decoder, bool lora)
    {
        var recipe = Load(name);
        Assert.Equal(tower, recipe.RuleFor("vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight") is not null);
        Assert.Equal(decoder, recipe.RuleFor("language_model.model.layers.0.mlp.up_proj.weight") is not null);
        Assert.Equal(lora, recipe.Lora is not null);
    }

    [Fact]
    public void Numbers_are_those_of_the_papers()
    {
        var sft = Load("tarsier2-sft2");
        Assert.Equal((2e-6, 1e-6, 0.01, 1.0), (sft.Optimizer.LearningRate, sft.Optimizer.Eps, sft.Optimizer.WeightDecay, sft.Optimizer.MaxGradNorm));
        Assert.Equal((5000, 64, 16, 0.9, 250), (sft.Steps, sft.BatchSize, sft.Frames, sft.TowerLayerDecay, sft.Schedule.WarmupSteps));
        var dpo = Load("tarsier2-dpo");
        Assert.Equal((1e-6, 1000, 0.1, ReferenceKind.Start), (dpo.Optimizer.LearningRate, dpo.Steps, dpo.Dpo!.Beta, dpo.Dpo.Reference));
        var pllava = Load("pllava-lora");
        Assert.Equal((128, 32.0, 0.05, null), (pllava.Lora!.Rank, pllava.Lora.Alpha, pllava.Lora.Dropout, pllava.Optimizer.MaxGradNorm));
        var schedule = pllava.Schedule.For(1000);
        Assert.Equal([0.25, 0.995, 1, 0.25], new long[] { 0, 199, 200, 999 }.Select(schedule.Factor));
        var sharing = Load("sharegpt4video-8b");
        Assert.Equal((2e-4, 2e-5, 2e-6), (sharing.Lora!.LearningRate, sharing.Train[0].LearningRate, sharing.Train[1].LearningRate));
    }

    private static Recipe Load(string name) => Recipe.Load(Path.Combine(Folder, $"{name}.yaml"));
}
