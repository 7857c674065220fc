using System.Diagnostics;
using System.Globalization;
using Kinora.Media;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Training.Conversations;
using Kinora.Training.Data;
using Kinora.Training.Data.Loading;
using Kinora.Training.Exports;
using Kinora.Training.Optimization;
using Kinora.Training.Recipes;
using Kinora.Training.Runs;
using Kinora.Training.Schedules;
using Kinora.Training.Worlds;

namespace Kinora.Training.Trainers;

/// <summary>Runs a recipe from its first step, or from the last checkpoint of its run, to its end.</summary>
/// <remarks>All that is random follows from the seed and the number of the sample or step: a run that was stopped and resumed, however often and wherever, ends with the same bits as one that wasn't.</remarks>
public sealed class Trainer : IAsyncDisposable
{
    private readonly RunDirectory run;
    private readonly Recipe recipe;
    private readonly ITrainingJournal journal;
    private readonly TensorOperations operations = new();
    private readonly Tape tape;
    private readonly TrainableModel trainable;
    private readonly ConversationEncoder encoder;
    private readonly DataSetup? data;
    private readonly DataSetup? validation;
    private readonly Optimizer optimizer;
    private readonly LearningRateSchedule schedule;
    private readonly MediaReader media = new();
    private IStepRunner runner = null!;
    private readonly long epochLength;
    private TrainingState state = new();

    /// <summary>Opens model and data of a run.</summary>
    /// <param name="run">The run's directory; not owned.</param>
    /// <param name="journal">Is told what happens.</param>
    /// <param name="cancellation">Ends loading.</param>
    /// <exception cref="RecipeException">The recipe doesn't fit the model.</exception>
    /// <exception cref="TrainingDataException">A data file can't be used.</exception>
    /// <exception cref="Kinora.Models.Checkpoints.CheckpointException">The model can't be loaded.</exception>
    /// <exception cref="RunException">Data or model aren't those that the run began with.</exception>
    public Trainer(RunDirectory run, ITrainingJournal journal, CancellationToken cancellation = default)
    {
        (this.run, recipe, this.journal) = (run, run.Recipe, journal);
        DataSetup.RequireOneMediaFolder(recipe);
        var seed = CounterRandom.Mix((ulong)recipe.Seed, 0);
        data = recipe.Complete().World is null ? DataSetup.Open(recipe.Data, seed, cancellation) : null;
        validation = recipe.Validation.Data.Count == 0 ? null : DataSetup.Open(recipe.Validation.Data, seed, cancellation);
        trainable = ModelSetup.Load(recipe, cancellation);
        WorldSource.Require(recipe, trainable.Model);
        encoder = new ConversationEncoder(trainable.Model, recipe.MaxTokens);
        tape = new Tape { RecomputesBlocks = recipe.Memory.GradientCheckpointing, RoundsKeptInputs = recipe.Memory.Activations == StorageFormat.BF16 };
        optimizer = new Optimizer(operations, trainable.Store, recipe.Optimizer.Settings);
        epochLength = recipe.World is { } world ? world.Seeds.Count : data!.Mix.EpochLength;
        TotalSteps = recipe.TotalSteps(epochLength);
        schedule = recipe.Schedule.For(TotalSteps);
        RunInputs.Check(run, [.. (data?.Files ?? []).Concat(validation?.Files ?? []).Select(file => file.Path)], [recipe.Model!, .. recipe.Dpo?.ReferenceDirectory is { } reference ? [reference] : Array.Empty<string>()]);
    }

    /// <summary>Where the time went.</summary>
    public TrainingProfile Profile { get; } = new();

    /// <summary>The model as it stands.</summary>
    public TrainableModel Model => trainable;

    /// <summary>What the model was computed with, for its counts.</summary>
    public TensorOperations Operations => operations;

    /// <summary>Steps of the run.</summary>
    public long TotalSteps { get; }

    /// <summary>Trains. When cancelled it finishes the step at hand, saves and returns false.</summary>
    /// <param name="cancellation">Stops the run, which can be resumed.</param>
    /// <returns>Whether the run came to its end.</returns>
    /// <exception cref="TrainingException">A loss that is no number, data whose every sample is broken, or a damaged checkpoint.</exception>
    /// <exception cref="RunException">Something can't be saved; what was saved before is whole.</exception>
    /// <exception cref="ToolMissingException">ffmpeg is missing.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellation = default)
    {
        if (run.Checkpoints.ToGoOnFrom(journal.Damaged) is { } checkpoint)
        {
            state = TrainingState.Load(checkpoint.Directory, trainable.Store);
        }
        else
        {
            WorldHeads.Begin(trainable.Store);
        }

        journal.Started(new(TotalSteps, epochLength, trainable.Store.Values, trainable.Store.Bytes), state);
        await using var references = new ReferenceSource(recipe, run, trainable, operations);
        runner = recipe.Task == TrainingTask.Dpo
            ? new PreferenceRunner(trainable, operations, tape, recipe.MicroBatchTokens, recipe.Dpo!.Beta, Profile) { Reference = references.Of }
            : recipe.World is { } world ? new WorldRunner(trainable, operations, tape, recipe.MicroBatchTokens, world, Profile)
            : new SupervisedRunner(trainable, operations, tape, recipe.MicroBatchTokens, Profile);
        try
        {
            if (recipe.Task == TrainingTask.Dpo && state.Step == 0)
            {
                await references.PrepareAsync(data!, encoder, LoaderOptions, TotalSteps * recipe.BatchSize, journal, cancellation).ConfigureAwait(false);
                if (validation is not null)
                {
                    await references.PrepareAsync(validation, encoder, LoaderOptions, validation.Mix.EpochLength, journal, cancellation).ConfigureAwait(false);
                }
            }

            var finished = await LearnAsync(cancellation).ConfigureAwait(false);
            journal.Ended(state.Step, finished ? "finished" : "stopped");
            return finished;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            journal.Ended(state.Step, "stopped");
            return false;
        }
        catch (Exception error)
        {
            journal.Ended(state.Step, error.Message);
            throw;
        }
        finally
        {
            (runner as IDisposable)?.Dispose();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        data?.Dispose();
        validation?.Dispose();
        trainable.Dispose();
        tape.Dispose();
        operations.Dispose();
        return ValueTask.CompletedTask;
    }

    private SampleLoaderOptions LoaderOptions => new() { Frames = recipe.Frames };

    private async Task<bool> LearnAsync(CancellationToken cancellation)
    {
        await using ISampleSource loader = recipe.World is { } world
            ? new WorldSource(world, trainable.Model, recipe.Frames ?? trainable.Model.DefaultFrames, TotalSteps * recipe.BatchSize, 2 * recipe.BatchSize, CounterRandom.Mix((ulong)recipe.Seed, 0), state.NextSample)
            : new SampleLoader(data!.Files, data.Mix, encoder, LoaderOptions, media, state.NextSample, CancellationToken.None);
        var savedStep = state.Step;
        while (state.Step < TotalSteps)
        {
            var start = Stopwatch.GetTimestamp();
            List<PreparedSample> samples;
            try
            {
                samples = await TakeAsync(loader, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            Step(samples, loader.NextNumber, start);
            samples.ForEach(sample => sample.Dispose());
            if (validation is not null && (state.Step % recipe.Validation.EverySteps == 0 || state.Step == TotalSteps))
            {
                await ValidateAsync().ConfigureAwait(false);
            }

            if (state.Step % recipe.Save.EverySteps == 0 || state.Step == TotalSteps)
            {
                Save();
                savedStep = state.Step;
            }

            if (!Judge(cancellation))
            {
                break;
            }

            if (cancellation.IsCancellationRequested)
            {
                break;
            }
        }

        if (savedStep != state.Step)
        {
            Save();
        }

        var finished = state.Step >= TotalSteps;
        if (finished || trainable.Adapted.Count > 0)
        {
            using var time = Profile.Time(TrainingPart.Saving);
            RunExport.Write(run.Checkpoints, trainable);
        }

        return finished;
    }

    /// <summary>Lets the model describe rendered clips, if it is time for that.</summary>
    /// <returns>Whether it came to its end.</returns>
    private bool Judge(CancellationToken cancellation)
    {
        if (recipe.World is not { JudgedClips: > 0 } world || (state.Step % world.JudgeEverySteps != 0 && state.Step != TotalSteps))
        {
            return true;
        }

        try
        {
            using var time = Profile.Time(TrainingPart.Judging);
            journal.Validated(state.Step, WorldJudge.Of(trainable.Model, world, recipe.Frames ?? trainable.Model.DefaultFrames, done => journal.Preparing("judged clips", done, world.JudgedClips), cancellation));
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Draws the samples of a step. Broken ones make the step smaller; a step without any is drawn anew.</summary>
    private async Task<List<PreparedSample>> TakeAsync(ISampleSource loader, CancellationToken cancellation)
    {
        using var time = Profile.Time(TrainingPart.Data);
        var (samples, drawn, broken) = (new List<PreparedSample>(), 0L, default(BrokenSample));
        while (drawn < recipe.BatchSize || samples.Count == 0)
        {
            if (drawn >= Math.Max(recipe.BatchSize, epochLength) && samples.Count == 0)
            {
                throw new TrainingException($"None of {drawn} samples in a row can be used; the last one: {broken!.Reason} ({run.LogFile} lists them all)");
            }

            cancellation.ThrowIfCancellationRequested();
            var sample = await loader.TakeAsync(cancellation).ConfigureAwait(false);
            drawn++;
            if (sample is PreparedSample prepared && runner.Refusal(prepared) is { } refusal)
            {
                prepared.Dispose();
                sample = new BrokenSample(prepared.Number, prepared.Source, $"{prepared.Source}: {refusal}");
            }

            if (sample is BrokenSample one)
            {
                broken = one;
                journal.Broke(state.Step + 1, one);
            }
            else
            {
                samples.Add((PreparedSample)sample);
            }
        }

        return samples;
    }

    private void Step(List<PreparedSample> samples, long nextSample, long start)
    {
        // A step isn't broken off: what it has changed would have to be taken back.
        var result = runner.Learn(samples, CounterRandom.Mix((ulong)recipe.Seed, (ulong)state.Step + 1), CancellationToken.None);
        double factor, norm;
        using (Profile.Time(TrainingPart.Optimizer))
        {
            (factor, norm) = (schedule.Factor(state.Step), optimizer.GradientNorm());
            if (!double.IsFinite(result.Loss) || !double.IsFinite(norm))
            {
                var last = run.Checkpoints.Latest();
                throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"Step {state.Step + 1} gave a loss of {result.Loss} and a gradient norm of {norm}; its samples were {string.Join(", ", samples.Take(16).Select(sample => sample.Source.ToString()))}. Nothing was changed by it; the last good checkpoint is {last?.Directory ?? "none yet"}. Lower the learning rate or look at these samples."));
            }

            optimizer.Step(factor, optimizer.ClipFactor(norm));
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        state = state with
        {
            Step = state.Step + 1,
            NextSample = nextSample,
            Tokens = state.Tokens + result.Tokens,
            Samples = state.Samples + samples.Count,
            Seconds = state.Seconds + seconds,
        };
        journal.Stepped(new()
        {
            Number = state.Step,
            Result = result,
            LearningRate = factor * recipe.Optimizer.LearningRate,
            GradientNorm = norm,
            Samples = samples.Count,
            Epoch = (double)nextSample / epochLength,
            Seconds = seconds,
            State = state,
        });
    }

    private async Task ValidateAsync()
    {
        using var time = Profile.Time(TrainingPart.Judging);
        await using var loader = new SampleLoader(validation!.Files, validation.Mix, encoder, LoaderOptions, media);
        var (loss, learned, tokens) = (0.0, 0L, 0L);
        for (var n = 0L; n < validation.Mix.EpochLength; n++)
        {
            if (await loader.TakeAsync().ConfigureAwait(false) is not PreparedSample sample)
            {
                continue;
            }

            if (runner.Refusal(sample) is null)
            {
                var result = runner.Judge([sample], CancellationToken.None);
                var weight = recipe.Task == TrainingTask.Dpo ? 1 : result.Learned;
                (loss, learned, tokens) = (loss + (result.Loss * weight), learned + weight, tokens + result.Tokens);
            }

            sample.Dispose();
        }

        if (learned == 0)
        {
            throw new TrainingException($"None of the {validation.Mix.EpochLength} validation samples can be used; look at {recipe.Validation.Data[0].Path}.");
        }

        var mean = loss / learned;
        journal.Validated(state.Step, new(mean, tokens, learned));
        if (state.BestLoss is not { } best || mean < best)
        {
            state = state with { BestLoss = mean, BestStep = state.Step };
        }
    }

    private void Save()
    {
        using var time = Profile.Time(TrainingPart.Saving);
        var saved = run.Checkpoints.Save(state.Step, directory => state.Save(directory, trainable.Store));
        run.Checkpoints.Prune(recipe.Save.KeepLast, recipe.Save.KeepBest ? state.BestStep : null);
        journal.Saved(state.Step, saved.Directory);
    }
}
