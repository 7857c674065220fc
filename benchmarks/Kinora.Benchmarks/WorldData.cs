using System.Text.Json;
using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Tensors;
using Kinora.Training.Creation;
using Kinora.Training.Optimization;
using Kinora.Training.Recipes;
using Kinora.Training.Trainers;
using Kinora.Training.Worlds;

namespace Kinora.Benchmarks;

/// <summary>What a peer needs to do the steps of a recipe's last stage: a new model, how each parameter learns, and the samples of each step.</summary>
internal static class WorldData
{
    public static async Task WriteAsync(string recipePath, string directory, int steps)
    {
        directory = Path.GetFullPath(directory);
        Directory.CreateDirectory(directory);
        var whole = Recipe.Load(recipePath);
        var recipe = whole.Stages[^1].Recipe with { Model = directory };
        await File.WriteAllTextAsync(Path.Combine(directory, "recipe.yaml"), recipe.Print());
        NewModel.Write(directory, whole.Create!, WorldTexts.All(), (ulong)recipe.Seed + 1);

        using var trainable = ModelSetup.Load(recipe);
        WriteSettings(Path.Combine(directory, "settings.json"), recipe, trainable);
        await using var source = WorldStage.Source(recipe, trainable.Model, recipe.BatchSize);
        for (var step = 0; step < WorldStage.WarmUp + steps; step++)
        {
            var samples = await WorldStage.TakeAsync(source, recipe.BatchSize);
            WriteStep(Path.Combine(directory, $"step-{step}.safetensors"), samples, trainable.Model);
            samples.ForEach(sample => sample.Dispose());
        }
    }

    private static void WriteSettings(string path, Recipe recipe, TrainableModel trainable)
    {
        var (model, optimizer) = (trainable.Model, recipe.Optimizer);
        File.WriteAllText(path, JsonSerializer.Serialize(new
        {
            warmUp = WorldStage.WarmUp,
            betas = new[] { optimizer.Beta1, optimizer.Beta2 },
            epsilon = optimizer.Eps,
            momentum = optimizer.Momentum,
            mostNorm = optimizer.MaxGradNorm,
            motionBlock = WorldHeads.MotionBlock(model),
            motionLoss = recipe.World!.MotionLoss,
            parameters = trainable.Store.Parameters.Select(parameter => new
            {
                name = parameter.Settings.Name,
                muon = parameter.Settings.Optimizer == OptimizerKind.Muon,
                rate = parameter.Settings.LearningRate,
                decay = parameter.Settings.WeightDecay,
            }),
        }));
    }

    /// <summary>Lists of all samples, one behind the other, and how long each part is.</summary>
    private static void WriteStep(string path, List<WorldSample> samples, VisionLanguageModel model)
    {
        var branches = samples.SelectMany(sample => sample.Branches).ToList();
        var (patches, shape) = (samples[0].Targets.Patches, samples[0].Input!.Pixels.Shape);
        using var pixels = Floats(samples.SelectMany(sample => sample.Input!.Pixels.AsSpan().ToArray()), samples.Sum(sample => sample.Targets.Frames), shape[1], shape[2], shape[3]);
        using var weights = Floats(branches.Select(branch => branch.Weight), branches.Count);
        using var motion = Floats(samples.SelectMany(sample => sample.Targets.Motion), pixels.Shape[0] * patches, PatchTargets.MotionNumbers);
        var writer = new SafetensorsWriter();
        writer.Add("pixels", pixels);
        writer.Add("weights", weights);
        writer.Add("motion", motion);
        Add("moves", samples.SelectMany(sample => sample.Targets.Moves).Select(moves => moves ? 1 : 0));
        var prefixes = samples.ConvertAll(sample => Collapsed(sample, model));
        Add("prefix_ids", prefixes.SelectMany(prefix => prefix));
        Add("prefix_lengths", prefixes.Select(prefix => prefix.Count));
        Add("branches", samples.Select(sample => sample.Branches.Count));
        Add("ids", branches.SelectMany(branch => branch.Ids));
        Add("labels", branches.SelectMany(branch => branch.Labels));
        Add("lengths", branches.Select(branch => branch.Ids.Length));
        writer.Write(path);

        void Add(string name, IEnumerable<int> numbers)
        {
            long[] values = [.. numbers];
            writer.Add(name, values, values.Length);
        }
    }

    /// <summary>The prefix with one placeholder for each frame.</summary>
    private static List<int> Collapsed(WorldSample sample, VisionLanguageModel model)
    {
        var ids = new List<int>();
        for (var place = 0; place < sample.Prefix.Length; place++)
        {
            ids.Add(sample.Prefix[place]);
            place += model.IsPlaceholder(ids[^1]) ? sample.Input!.Layout.Items[0].Tokens - 1 : 0;
        }

        return ids;
    }

    private static Tensor Floats(IEnumerable<float> values, params int[] shape) => Tensor.From([.. values], new Shape(shape));
}
