using Kinora.Models.Families;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Tensors.Threading;
using Kinora.Training.Data.Loading;
using Kinora.Training.Recipes;
using Kinora.Training.Trainers;
using Kinora.Training.Worlds;

namespace Kinora.Training.Tests.Worlds;

public sealed class WorldRunnerTests : IDisposable
{
    private static readonly WorldSection everything = new()
    {
        Lessons = new() { Frames = 1, Motions = 1, Clips = 1, Stills = 1, Instructions = 1, Differences = 1, Descriptions = 1 },
        Levels = [1, 1, 1],
        FinalLevels = [1, 1, 1],
        Room = 200,
        LetterWeight = 3,
        TowerLoss = 0.7,
        MotionLoss = 0.4,
    };

    private readonly NewModelDirectory directory = new();
    private readonly TensorOperations operations = new(new WorkerPool(2));

    public void Dispose()
    {
        operations.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task Gradients_are_the_slopes_of_the_weighted_sum_of_all_losses()
    {
        using var trainable = Load(everything);
        var samples = await SamplesAsync(trainable.Model, everything, 7);
        using var runner = Runner(trainable, everything, 100_000);
        runner.Learn(samples, 0, TestContext.Current.CancellationToken);
        var gradients = Gradients(trainable);
        Assert.Equal(trainable.Store.Parameters.Count, gradients.Count);
        foreach (var (name, gradient) in gradients)
        {
            var norm = Math.Sqrt(gradient.Sum(value => (double)value * value));
            if (norm < 1e-5)
            {
                continue; // the tower's key biases
            }

            var weights = trainable.Store[name].Weights.AsSpan().ToArray();
            var step = Math.Min(0.02 / norm, 0.02);
            var slope = (LossAt(step) - LossAt(-step)) / (2 * step);
            LossAt(0);
            Assert.True(Math.Abs(slope - norm) < (0.01 * norm) + 3e-4, $"{name}: the loss rises by {slope} along a gradient of length {norm}");

            double LossAt(double distance)
            {
                var values = trainable.Store[name].Weights.AsSpan();
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (float)(weights[i] + (distance * gradient[i] / norm));
                }

                trainable.Store.ForgetGradients();
                return Total(runner.Learn(samples, 0, CancellationToken.None));
            }
        }

        samples.ForEach(sample => sample.Dispose());
    }

    [Fact]
    public async Task How_a_step_is_cut_into_parts_makes_no_difference()
    {
        using var trainable = Load(everything);
        var samples = await SamplesAsync(trainable.Model, everything, 9);
        using var whole = Runner(trainable, everything, 100_000);
        using var parts = Runner(trainable, everything, 60);
        var loss = Total(whole.Learn(samples, 0, CancellationToken.None));
        var expected = Gradients(trainable);
        trainable.Store.ForgetGradients();
        Assert.Equal(loss, Total(parts.Learn(samples, 0, CancellationToken.None)), 1e-5 * loss);
        foreach (var (name, gradient) in Gradients(trainable))
        {
            var norm = Math.Sqrt(expected[name].Sum(value => (double)value * value));
            var error = Math.Sqrt(expected[name].Zip(gradient, (a, b) => ((double)a - b) * (a - b)).Sum());
            Assert.True(error < (2e-5 * norm) + 1e-7, $"{name}: {error} of {norm}");
        }

        samples.ForEach(sample => sample.Dispose());
    }

    [Fact]
    public async Task Frames_alone_teach_the_tower_and_nothing_else()
    {
        var frames = everything with { Lessons = new() { Frames = 1 }, MotionLoss = 0 };
        using var trainable = Load(frames);
        var samples = await SamplesAsync(trainable.Model, frames, 4);
        using var runner = Runner(trainable, frames, 100_000);
        var result = runner.Learn(samples, 0, CancellationToken.None);
        Assert.Equal(0, result.Learned);
        Assert.Equal(["patch_colour", "patch_kind", "patch_place", "scene", "view"], result.Parts!.Keys);
        Assert.All(trainable.Store.Parameters, parameter => Assert.Equal(
            parameter.Settings.Name.StartsWith("vision_tower.", StringComparison.Ordinal) || parameter.Settings.Name.StartsWith("heads.", StringComparison.Ordinal),
            parameter.Weights.Gradient is not null));
        samples.ForEach(sample => sample.Dispose());
    }

    [Fact]
    public async Task Clips_without_text_teach_the_blocks_up_to_the_motion_head_and_nothing_else()
    {
        var motions = everything with { Lessons = new() { Motions = 1 }, TowerLoss = 0 };
        using var trainable = Load(motions);
        var samples = await SamplesAsync(trainable.Model, motions, 4);
        using var runner = Runner(trainable, motions, 100_000);
        Assert.Equal(["motion"], runner.Learn(samples, 0, CancellationToken.None).Parts!.Keys);
        var learned = Gradients(trainable).Keys;
        Assert.Contains("heads.motion.change", learned);
        Assert.Contains("language_model.model.layers.1.mlp.down_proj.weight", learned);
        Assert.Contains("language_model.model.embed_tokens.weight", learned);
        Assert.DoesNotContain(learned, name => name.Contains("layers.2.self", StringComparison.Ordinal) && name.StartsWith("language", StringComparison.Ordinal));
        Assert.DoesNotContain("language_model.lm_head.weight", learned);
        samples.ForEach(sample => sample.Dispose());
    }

    private static double Total(StepResult result)
        => result.Loss
            + (everything.TowerLoss * (result.Parts!["patch_kind"] + (0.5 * result.Parts["patch_colour"]) + result.Parts["patch_place"] + result.Parts["scene"] + result.Parts["view"]))
            + (everything.MotionLoss * result.Parts["motion"]);

    private static Dictionary<string, float[]> Gradients(TrainableModel trainable)
        => trainable.Store.Parameters.Where(parameter => parameter.Weights.Gradient is not null).ToDictionary(parameter => parameter.Settings.Name, parameter => parameter.Weights.Gradient!.AsSpan().ToArray());

    private static async Task<List<PreparedSample>> SamplesAsync(VisionLanguageModel model, WorldSection world, int count)
    {
        await using var source = new WorldSource(world, model, 4, count, 2, 7, 0);
        var samples = new List<PreparedSample>();
        for (var i = 0; i < count; i++)
        {
            samples.Add((PreparedSample)await source.TakeAsync());
        }

        return samples;
    }

    private TrainableModel Load(WorldSection world)
    {
        var recipe = new Recipe { Model = directory.Path, World = world, Train = [new("*")], Optimizer = new() { LearningRate = 1 } };
        var trainable = ModelSetup.Load(recipe);
        WorldHeads.Begin(trainable.Store);

        // Heads that begin as zeros would pass nothing on.
        var random = new Random(5);
        foreach (var parameter in trainable.Store.Parameters.Where(parameter => parameter.Settings.Name.StartsWith("heads.", StringComparison.Ordinal)))
        {
            foreach (ref var value in parameter.Weights.AsSpan())
            {
                value += (random.NextSingle() - 0.5f) * 0.4f;
            }
        }

        return trainable;
    }

    private WorldRunner Runner(TrainableModel trainable, WorldSection world, int microBatchTokens) => new(trainable, operations, new Tape(), microBatchTokens, world, new TrainingProfile());
}
