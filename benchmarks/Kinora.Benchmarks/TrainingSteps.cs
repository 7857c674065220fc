using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Models.Inputs;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Tensors.Threading;
using Kinora.Training.Optimization;
using Kinora.Training.Trainers;

namespace Kinora.Benchmarks;

/// <summary>Times whole training steps in which everything learns: forward, backward, clipping, AdamW. Prints one line of JSON as the peers do.</summary>
internal static class TrainingSteps
{
    private const int WarmUp = 2;

    public static void Run(string directory, int steps, int threads)
    {
        using var trainable = TrainableModel.Load(directory, (_, name, tensor) => new(name, tensor.Shape, 1e-4, tensor.Shape.Rank < 2 ? 0 : 0.01));
        var (model, store) = (trainable.Model, trainable.Store);
        using var operations = new TensorOperations(new WorkerPool(threads));
        using var tape = new Tape();
        var optimizer = new Optimizer(operations, store, new() { MaxGradientNorm = 1 });
        var (batch, input) = Read(Path.Combine(directory, "batch.safetensors"), model);
        var pass = new LossPass(model, operations);
        var (losses, factors) = (new float[batch.Rows.Length], new float[batch.Rows.Length]);
        Array.Fill(factors, 1f / factors.Length);
        var (seconds, processor) = (new double[WarmUp + steps], new double[WarmUp + steps]);
        var (kept, norms) = (new double[WarmUp + steps], new double[WarmUp + steps]);
        using var process = Process.GetCurrentProcess();
        for (var step = 0; step < seconds.Length; step++)
        {
            process.Refresh();
            var (clock, used) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
            using (var recording = operations.Record(tape))
            {
                pass.Losses(batch, pass.Forward(batch, BatchPictures.Of(input)), losses, factors);
                recording.Backward();
            }

            norms[step] = optimizer.GradientNorm();
            optimizer.Step(1, optimizer.ClipFactor(norms[step]));
            seconds[step] = Stopwatch.GetElapsedTime(clock).TotalSeconds;
            process.Refresh();
            processor[step] = (process.TotalProcessorTime - used).TotalSeconds;
            kept[step] = losses.Average();
        }

        var median = Median(seconds);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            seconds = median,
            processorSeconds = Median(processor),
            tokensPerSecond = batch.Lengths.Sum() / median,
            gigaflops = TrainingFlops.Of(directory, store, batch) / median / 1e9,
            peakBytes = PeakBytes(),
            values = store.Values,
            losses = kept,
            norms,
        }));
        input.Dispose();
    }

    private static double Median(double[] values) => values.Skip(WarmUp).Order().ElementAt((values.Length - WarmUp) / 2);

    private static (PackedBatch Batch, VisualInput Input) Read(string path, VisionLanguageModel model)
    {
        using var file = SafetensorsFile.Open(path);
        var pixels = Tensor.From(file.ReadFloats("pixel_values"), new Shape(file.Entries["pixel_values"].Shape));
        var frame = model.Plan([new(1, 1, 1, IsVideo: false)]).Tokens;
        var (ids, labels) = (Whole("ids"), Whole("labels"));
        var samples = new List<(int[] Ids, int[] Labels)>();
        var first = 0;
        foreach (var length in Whole("lengths"))
        {
            // One placeholder per frame is stored.
            var places = Enumerable.Range(first, length).SelectMany(place => Enumerable.Repeat(place, model.IsPlaceholder(ids[place]) ? frame : 1)).ToArray();
            samples.Add(([.. places.Select(place => ids[place])], [.. places.Select(place => labels[place])]));
            first += length;
        }

        return (PackedBatch.Of(samples), new(pixels, model.Plan([new(pixels.Shape[0], 1, 1, IsVideo: true)])));

        int[] Whole(string name) => [.. file.ReadIntegers(name).Select(value => checked((int)value))];
    }

    /// <summary>The most memory that this process had so far.</summary>
    public static long PeakBytes()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }
}
