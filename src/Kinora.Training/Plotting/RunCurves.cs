using Kinora.Training.Logging;
using Kinora.Training.Runs;

namespace Kinora.Training.Plotting;

/// <summary>What the log of one run holds to be drawn.</summary>
/// <param name="Name">How the legend calls the run.</param>
public sealed record RunCurves(string Name)
{
    /// <summary>The loss of each step.</summary>
    public IReadOnlyList<CurvePoint> Loss { get; init; } = [];

    /// <summary>The learning rate of each step.</summary>
    public IReadOnlyList<CurvePoint> LearningRate { get; init; } = [];

    /// <summary>The norm of the gradients before clipping, of each step.</summary>
    public IReadOnlyList<CurvePoint> GradNorm { get; init; } = [];

    /// <summary>The loss of each validation.</summary>
    public IReadOnlyList<CurvePoint> Validation { get; init; } = [];

    /// <summary>F1 of the descriptions of rendered clips, of each judgement.</summary>
    public IReadOnlyList<CurvePoint> F1 { get; init; } = [];

    /// <summary>The share of right answers about rendered clips, of each judgement.</summary>
    public IReadOnlyList<CurvePoint> Answers { get; init; } = [];

    /// <summary>Reads a run's log; the run may be going on. The stages of a run in stages are put one behind the other.</summary>
    /// <param name="runDirectory">The run's directory, whose last part names it.</param>
    /// <exception cref="RunException">The directory is no run, or no step is logged yet.</exception>
    public static RunCurves Read(string runDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(runDirectory);
        var curves = Of(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(runDirectory))), [.. Events(runDirectory)]);
        return curves.Loss.Count > 0 ? curves : throw new RunException(RunDirectory.LogFileOf(runDirectory), "holds no step yet, so there is nothing to draw; wait for the first one");
    }

    /// <summary>Sorts the events of a log.</summary>
    public static RunCurves Of(string name, IReadOnlyList<LogEvent> events)
    {
        return new RunCurves(name)
        {
            Loss = Points(LogKind.Step, entry => entry.Loss),
            LearningRate = Points(LogKind.Step, entry => entry.LearningRate),
            GradNorm = Points(LogKind.Step, entry => entry.GradNorm),
            Validation = Points(LogKind.Validation, entry => entry.Loss),
            F1 = Points(LogKind.Validation, entry => Part(entry, "f1")),
            Answers = Points(LogKind.Validation, entry => Part(entry, "answers")),
        };

        static double? Part(LogEvent entry, string name) => entry.Parts is { } parts && parts.TryGetValue(name, out var value) ? value : null;

        CurvePoint[] Points(LogKind kind, Func<LogEvent, double?> value)
            => [.. events.Where(entry => entry.Kind == kind && value(entry) is not null).Select(entry => new CurvePoint(entry.Step, value(entry)!.Value))];
    }

    private static IEnumerable<LogEvent> Events(string run)
    {
        var stages = StagedRun.Stages(run);
        if (stages.Count == 0)
        {
            return RunLog.Read(RunDirectory.LogFileOf(run));
        }

        var (events, done) = (new List<LogEvent>(), 0L);
        foreach (var stage in stages.Where(stage => File.Exists(RunDirectory.LogFileOf(stage))))
        {
            var own = RunLog.Read(RunDirectory.LogFileOf(stage));
            events.AddRange(own.Select(entry => entry with { Step = entry.Step + done }));
            done += own.Select(entry => entry.Step).DefaultIfEmpty().Max();
        }

        return events;
    }
}
