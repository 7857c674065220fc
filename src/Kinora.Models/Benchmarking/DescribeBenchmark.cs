using System.Diagnostics;
using Kinora.Models.Describing;
using Kinora.Models.Families;

namespace Kinora.Models.Benchmarking;

/// <summary>A description from file to text, with a model that is loaded already.</summary>
public static class DescribeBenchmark
{
    /// <summary>Describes a clip several times.</summary>
    /// <param name="model">The model.</param>
    /// <param name="clip">A video.</param>
    /// <param name="progress">Told which time it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Medians: seconds in all, and seconds by phase.</returns>
    public static async Task<(double Seconds, IReadOnlyDictionary<DescribePhase, double> Phases, int Frames, int TokensRead, int TokensWritten)> RunAsync(
        VisionLanguageModel model, string clip, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        const int Count = 5;
        var describer = new Describer(model);
        var (totals, runs) = (new List<double>(), new List<Description>());
        for (var i = 0; i < Count; i++)
        {
            progress?.Invoke($"describing {Path.GetFileName(clip)}, {i + 1} of {Count}");
            var clock = Stopwatch.StartNew();
            runs.Add(await describer.DescribeAsync(clip, new DescribeOptions(), cancellation: cancellation).ConfigureAwait(false));
            totals.Add(clock.Elapsed.TotalSeconds);
        }

        var phases = Enum.GetValues<DescribePhase>().ToDictionary(phase => phase, phase => Spread.Median(runs.Select(run => run.Seconds[phase])));
        return (Spread.Median(totals), phases, runs[0].Frames.Count, runs[0].PromptTokens, runs[0].Ids.Count);
    }
}
