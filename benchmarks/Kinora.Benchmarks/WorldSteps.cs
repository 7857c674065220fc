using System.Diagnostics;
using System.Text.Json;
using Kinora.Models.Inputs;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Tensors.Threading;
using Kinora.Training.Data.Loading;
using Kinora.Training.Optimization;
using Kinora.Training.Recipes;
using Kinora.Training.Trainers;
using Kinora.Training.Worlds;

namespace Kinora.Benchmarks;

/// <summary>Times steps of learning from the rendered world as a run does them: samples are rendered in the background meanwhile. Prints one line of JSON as the peers do.</summary>
internal static class WorldSteps
{
    public static async Task RunAsync(string directory, int steps, int threads)
    {
        var recipe = WorldStage.Load(Path.GetFullPath(directory));
        using var trainable = ModelSetup.Load(recipe);
        WorldHeads.Begin(trainable.Store);
        using var operations = new TensorOperations(new WorkerPool(threads));
        using var tape = new Tape { RecomputesBlocks = recipe.Memory.GradientCheckpointing, RoundsKeptInputs = recipe.Memory.Activations == StorageFormat.BF16 };
        var optimizer = new Optimizer(operations, trainable.Store, recipe.Optimizer.Settings);
        var profile = new TrainingProfile();
        using var runner = new WorldRunner(trainable, operations, tape, recipe.MicroBatchTokens, recipe.World!, profile);
        await using var source = WorldStage.Source(recipe, trainable.Model, 2 * recipe.BatchSize);
        var (timed, work, before) = (new List<(double Seconds, double Processor)>(), new List<WorldFlops>(), new double[Enum.GetValues<TrainingPart>().Length]);
        var (losses, motions, norms) = (new List<double>(), new List<double>(), new List<double>());
        using var process = Process.GetCurrentProcess();
        for (var step = 0; step < WorldStage.WarmUp + steps; step++)
        {
            if (step == WorldStage.WarmUp)
            {
                before = Parts(profile);
            }

            process.Refresh();
            var (clock, used) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
            List<WorldSample> samples;
            using (profile.Time(TrainingPart.Data))
            {
                samples = await WorldStage.TakeAsync(source, recipe.BatchSize);
            }

            var result = runner.Learn([.. samples.Cast<PreparedSample>()], 0, CancellationToken.None);
            using (profile.Time(TrainingPart.Optimizer))
            {
                var norm = optimizer.GradientNorm();
                optimizer.Step(1, optimizer.ClipFactor(norm));
                norms.Add(norm);
            }

            process.Refresh();
            timed.Add((Stopwatch.GetElapsedTime(clock).TotalSeconds, (process.TotalProcessorTime - used).TotalSeconds));
            losses.Add(result.Loss);
            motions.Add(result.Parts!["motion"]);
            work.Add(WorldFlops.Of(directory, trainable.Store, samples));
            samples.ForEach(sample => sample.Dispose());
        }

        var (after, peak) = (Parts(profile), TrainingSteps.PeakBytes());
        var (rendering, tower) = await AloneAsync(recipe, trainable, operations);
        var (seconds, done) = (Median(timed.Select(one => one.Seconds)), work.Skip(WorldStage.WarmUp).ToList());
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            seconds,
            processorSeconds = Median(timed.Select(one => one.Processor)),
            samplesPerSecond = recipe.BatchSize / seconds,
            gigaflops = done.Average(one => one.Products) / timed.Skip(WorldStage.WarmUp).Average(one => one.Seconds) / 1e9,
            peakBytes = peak,
            values = trainable.Store.Values,
            step = new
            {
                samples = recipe.BatchSize,
                texts = done.Average(one => one.Texts),
                positions = done.Average(one => one.Positions),
                separatePositions = done.Average(one => one.SeparatePositions),
                gigaflop = done.Average(one => one.Products) / 1e9,
                separateGigaflop = done.Average(one => one.SeparateProducts) / 1e9,
            },
            share = Enum.GetValues<TrainingPart>().Where(part => after[(int)part] > before[(int)part])
                .ToDictionary(part => part.ToString().ToLowerInvariant(), part => (after[(int)part] - before[(int)part]) / timed.Skip(WorldStage.WarmUp).Sum(one => one.Seconds)),
            towerSeconds = tower,
            renderingProcessorSeconds = rendering,
            losses,
            motions,
            norms,
        }));
    }

    /// <summary>Of one step what the profile doesn't tell apart, each done by itself: processor seconds of making its samples, and seconds of the tower.</summary>
    private static async Task<(double Rendering, double Tower)> AloneAsync(Recipe recipe, TrainableModel trainable, TensorOperations operations)
    {
        // The first samples, unlike the next ones, aren't made yet.
        await using var source = WorldStage.Source(recipe, trainable.Model, 1);
        using var process = Process.GetCurrentProcess();
        var used = process.TotalProcessorTime;
        var samples = await WorldStage.TakeAsync(source, recipe.BatchSize);
        process.Refresh();
        var (rendering, tower) = ((process.TotalProcessorTime - used).TotalSeconds, 0.0);
        foreach (var part in samples.Chunk(recipe.BatchSize / 2))
        {
            var layout = VisualLayout.Join(part.Select(sample => sample.Input!.Layout));
            using var pixels = Tensor.From([.. part.SelectMany(sample => sample.Input!.Pixels.AsSpan().ToArray())], trainable.Model.PixelShape(layout));
            using var frame = operations.Begin();
            var clock = Stopwatch.GetTimestamp();
            trainable.Model.Encode(operations, pixels, layout.Units);
            tower += Stopwatch.GetElapsedTime(clock).TotalSeconds;
        }

        samples.ForEach(sample => sample.Dispose());
        return (rendering, tower);
    }

    private static double[] Parts(TrainingProfile profile) => [.. Enum.GetValues<TrainingPart>().Select(profile.Seconds)];

    private static double Median(IEnumerable<double> values) => values.Skip(WorldStage.WarmUp).Order().ElementAt((values.Count() - WorldStage.WarmUp) / 2);
}
