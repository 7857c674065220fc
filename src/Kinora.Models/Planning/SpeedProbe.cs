using System.Diagnostics;
using Kinora.Models.Benchmarking;
using Kinora.Tensors;
using Kinora.Tensors.Planning;

namespace Kinora.Models.Planning;

/// <summary>
/// This machine's speed at the kinds of work that a plan consists of, from a few milliseconds of each: products by their arithmetic,
/// few rows by the weights they read, attention by its arithmetic, the rest by the bytes that pass.
/// </summary>
public sealed class SpeedProbe : IDisposable
{
    private const int Width = 1024;

    // Together beyond any last-level cache, as a decoder's layers are.
    private const long BeyondCaches = 64L << 20;

    // Methods that are called often are compiled a second time at first; that is over by then.
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(60);

    private readonly TensorOperations operations = new();
    private readonly Dictionary<(WorkKind Kind, StorageFormat Format), double> secondsPerUnit = [];

    /// <summary>Seconds that work will take on this machine, now.</summary>
    public double Seconds(ComputeNeeds needs)
    {
        ArgumentNullException.ThrowIfNull(needs);
        return needs.Work.Sum(work => Units(work.Key.Kind, work.Value) * SecondsPerUnit(work.Key.Kind, work.Key.Format));
    }

    /// <inheritdoc/>
    public void Dispose() => operations.Dispose();

    private static double Units(WorkKind kind, Work work) => kind is WorkKind.FewRows or WorkKind.RowByRow ? work.Bytes : work.Flops;

    private double SecondsPerUnit(WorkKind kind, StorageFormat format)
    {
        if (!secondsPerUnit.TryGetValue((kind, format), out var seconds))
        {
            secondsPerUnit[(kind, format)] = seconds = Measure(kind, format);
        }

        return seconds;
    }

    private double Measure(WorkKind kind, StorageFormat format)
    {
        using var random = new RandomTensors(name => name.Length > 0 ? format : StorageFormat.F32);
        switch (kind)
        {
            case WorkKind.Product:
                // An MLP: wide and deep products, and the activation between them.
                var (rows, up, down) = (random.Take("", 288, Width), random.Take("w", 4 * Width, Width), random.Take("w", Width, 4 * Width));
                return Time(kind, compute => compute.Linear(compute.Linear(rows, up, null, Activation.QuickGelu), down), WarmUp);
            case WorkKind.FewRows:
                var row = random.Take("", 1, Width);
                var layers = Enumerable.Range(0, (int)(BeyondCaches / format.Bytes(new Shape(2 * Width, Width)))).Select(_ => random.Take("w", 2 * Width, Width)).ToArray();
                return Time(kind, compute => Array.ForEach(layers, layer =>
                {
                    using var frame = compute.Begin();
                    compute.Linear(row, layer);
                }));
            case WorkKind.RowByRow:
                var (left, right) = (random.Take("", 512, Width), random.Take("", 512, Width));
                return Time(kind, compute => compute.Add(left, right));
            default:
                const int Heads = 16, KeyHeads = 4, HeadSize = 64, Keys = 1024;
                var queries = random.Take("", kind == WorkKind.Attention ? 256 : 1, Heads * HeadSize);
                var (keys, values) = (random.Take("w", KeyHeads * Keys, HeadSize).Reshape(new Shape(KeyHeads, Keys, HeadSize)), random.Take("w", KeyHeads * Keys, HeadSize).Reshape(new Shape(KeyHeads, Keys, HeadSize)));
                return Time(kind, compute => compute.CachedAttention(queries, keys, values, Keys));
        }
    }

    /// <summary>The median of a few runs, per unit of their work.</summary>
    private double Time(WorkKind kind, Action<TensorOperations> run, TimeSpan warmUp = default)
    {
        const int Runs = 5;
        var work = BenchmarkCase.WorkOf(run);
        var clock = Stopwatch.StartNew();
        do
        {
            Once();
        }
        while (clock.Elapsed < warmUp);
        return Spread.Median(Enumerable.Range(0, Runs).Select(_ => Once())) / Units(kind, work);

        double Once()
        {
            using var frame = operations.Begin();
            var started = Stopwatch.GetTimestamp();
            run(operations);
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
    }
}
