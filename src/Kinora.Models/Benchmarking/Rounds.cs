using System.Diagnostics;
using Kinora.Tensors.Measuring;

namespace Kinora.Models.Benchmarking;

/// <summary>
/// Times cases in turn, several rounds of all of them, and the machine's limits just before and after each: clocks change under load
/// and neighbours come and go, so a rate means something only beside the limit of the same moment.
/// </summary>
/// <param name="limits">What to compare with.</param>
/// <param name="progress">Told what is being timed.</param>
/// <param name="cancellation">Looked at before each case.</param>
public sealed class Rounds(MachineLimits limits, Action<string>? progress = null, CancellationToken cancellation = default)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(30);

    private readonly List<double> multiplyAdd = [];
    private readonly List<double> read = [];

    /// <summary>Multiply-adds measured so far, in flops per second.</summary>
    public Spread MultiplyAdd => Spread.Of(multiplyAdd);

    /// <summary>Bytes read per second.</summary>
    public Spread Read => Spread.Of(read);

    /// <summary>Measures the limits alone, where no case does.</summary>
    public void MeasureLimits()
    {
        const int Times = 10;
        for (var i = 0; i < Times; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            multiplyAdd.Add(limits.MultiplyAdd());
            read.Add(limits.Read());
        }
    }

    /// <summary>Times all cases.</summary>
    /// <param name="cases">What to time.</param>
    /// <param name="count">How many rounds.</param>
    public IReadOnlyList<BenchmarkResult> Time(IReadOnlyList<BenchmarkCase> cases, int count)
    {
        ArgumentNullException.ThrowIfNull(cases);
        var rounds = cases.Select(_ => new List<(double Seconds, double MultiplyAdd, double Read)>()).ToList();
        for (var round = 0; round < count; round++)
        {
            for (var i = 0; i < cases.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Invoke($"{cases[i].Name}, {round + 1} of {count}");
                rounds[i].Add(Once(cases[i].Run));
            }
        }

        return [.. cases.Zip(rounds, Result)];
    }

    private static BenchmarkResult Result(BenchmarkCase timed, List<(double Seconds, double MultiplyAdd, double Read)> rounds)
    {
        var seconds = Spread.Median(rounds.Select(round => round.Seconds));
        return new BenchmarkResult
        {
            Name = timed.Name,
            Format = timed.Format,
            Seconds = seconds,
            FlopsPerSecond = timed.Work.Flops / seconds,
            BytesPerSecond = timed.Work.Bytes / seconds,
            ShareOfMultiplyAdd = Spread.Median(rounds.Select(round => timed.Work.Flops / round.Seconds / round.MultiplyAdd)),
            ShareOfRead = Spread.Median(rounds.Select(round => timed.Work.Bytes / round.Seconds / round.Read)),
            ThingsPerSecond = timed.Thing.Length > 0 ? timed.Count / seconds : 0,
            Thing = timed.Thing,
            Rounds = rounds.Count,
        };
    }

    private (double Seconds, double MultiplyAdd, double Read) Once(Action run)
    {
        // Limits in the state that the work leaves the processor in: under load before the first measurement as well.
        var (peakBefore, readBefore) = (Warm(limits.MultiplyAdd), limits.Read());
        var clock = Stopwatch.StartNew();
        var runs = 0;
        do
        {
            run();
            runs++;
        }
        while (clock.Elapsed < Shortest);
        var seconds = clock.Elapsed.TotalSeconds / runs;
        var (peakAfter, readAfter) = (limits.MultiplyAdd(), limits.Read());
        multiplyAdd.AddRange([peakBefore, peakAfter]);
        read.AddRange([readBefore, readAfter]);
        return (seconds, (peakBefore + peakAfter) / 2, (readBefore + readAfter) / 2);
    }

    private static double Warm(Func<double> measure)
    {
        measure();
        return measure();
    }
}
