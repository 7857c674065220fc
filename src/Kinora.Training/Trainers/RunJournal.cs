using Kinora.Training.Data.Loading;
using Kinora.Training.Logging;
using Kinora.Training.Runs;

namespace Kinora.Training.Trainers;

/// <summary>Writes what happens in a run to its log and its TensorBoard files, and gives lines for people to whoever shows them.</summary>
public sealed class RunJournal(RunDirectory run) : ITrainingJournal, IDisposable
{
    private readonly List<LogEvent> early = [];
    private RunLog? log;
    private TensorBoardWriter? board;
    private TrainingProgressLine? progress;

    /// <summary>Told the line that follows the run, after each step.</summary>
    public Action<string> Progress { get; init; } = _ => { };

    /// <summary>Told what should stay on the screen.</summary>
    public Action<string> Note { get; init; } = _ => { };

    /// <inheritdoc/>
    public void Started(TrainingPlan plan, TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(state);
        log = state.Step == 0 ? Begin() : RunLog.Resume(run.LogFile, state.Step);
        board = run.Recipe.Log.TensorBoard ? TensorBoardWriter.Create(run.TensorBoardFolder, state.Step) : null;
        progress = new(plan.TotalSteps);
        early.ForEach(Write);
        if (state.Step > 0)
        {
            Write(new(LogKind.Resumed, state.Step));
            Note($"Going on after step {state.Step} of {plan.TotalSteps}.");
        }
        else
        {
            Note($"{plan.LearnedValues:N0} values learn, in {plan.TotalSteps} steps over {plan.EpochLength} samples an epoch.");
        }
    }

    /// <inheritdoc/>
    public void Preparing(string what, long done, long total) => Progress($"{what}: {done} of {total}");

    /// <inheritdoc/>
    public void Stepped(TrainingStep done)
    {
        ArgumentNullException.ThrowIfNull(done);
        var entry = new LogEvent(LogKind.Step, done.Number)
        {
            Loss = done.Result.Loss,
            LearningRate = done.LearningRate,
            GradNorm = done.GradientNorm,
            Parts = done.Result.Parts,
            Margin = done.Result.Margin,
            Accuracy = done.Result.Accuracy,
            Tokens = done.Result.Tokens,
            LearnedTokens = done.Result.Learned,
            Samples = done.Samples,
            TokensPerSecond = done.Result.Tokens / done.Seconds,
            SamplesPerSecond = done.Samples / done.Seconds,
            Seconds = done.Seconds,
        };
        progress!.Add(entry);
        if (done.Number % run.Recipe.Log.EverySteps == 0)
        {
            Write(entry);
        }

        Progress(progress.Text());
    }

    /// <inheritdoc/>
    public void Validated(long number, StepResult result)
    {
        Write(new(LogKind.Validation, number) { Loss = result.Parts is null ? result.Loss : null, Tokens = result.Tokens, LearnedTokens = result.Learned, Margin = result.Margin, Accuracy = result.Accuracy, Parts = result.Parts });
        Note(result.Parts is { } parts
            ? $"After step {number}: {string.Join(", ", parts.Select(part => $"{part.Key} {part.Value:0.000}"))}"
            : $"Validation after step {number}: loss {result.Loss:0.0000}");
    }

    /// <inheritdoc/>
    public void Broke(long number, BrokenSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        Write(new(LogKind.Broken, number) { Source = sample.Source.ToString(), Reason = sample.Reason });
        Note($"Left out: {sample.Reason}");
    }

    /// <inheritdoc/>
    public void Saved(long number, string directory) => Write(new(LogKind.Saved, number) { Source = directory });

    /// <inheritdoc/>
    public void Damaged(string line)
    {
        Note(line);
        early.Add(new(LogKind.Resumed, 0) { Reason = line });
    }

    /// <inheritdoc/>
    public void Ended(long number, string how)
    {
        try
        {
            Write(new(LogKind.Stopped, number) { Reason = how });
        }
        catch (RunException)
        {
            // A disk that is full has no room for this line either; what went wrong first is what to tell.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        log?.Dispose();
        board?.Dispose();
    }

    /// <summary>A run that was killed before its first checkpoint begins anew, its log too.</summary>
    private RunLog Begin() => File.Exists(run.LogFile) ? RunLog.Resume(run.LogFile, 0) : RunLog.Create(run.LogFile);

    private void Write(LogEvent entry)
    {
        log?.Write(entry);
        board?.Write(entry);
    }
}
