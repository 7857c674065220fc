using Kinora.Media;
using Kinora.Training.Conversations;

namespace Kinora.Training.Data.Loading;

/// <summary>
/// Gives samples in the order of a mix, each prepared in the background while earlier ones are learned from. Order and content don't depend on timing; a broken clip or record
/// costs its own sample and nothing else. For one caller at a time.
/// </summary>
/// <remarks>Preparing runs on pool threads, which never keep a program from ending.</remarks>
public sealed class SampleLoader : ISampleSource
{
    private readonly IReadOnlyList<TrainingFile> files;
    private readonly DatasetMix mix;
    private readonly SamplePreparer preparer;
    private readonly SampleLoaderOptions options;
    private readonly SemaphoreSlim workers;
    private readonly CancellationTokenSource ended;
    private readonly Queue<(Task<LoadedSample> Task, long Bytes)> begun = new();
    private long begunBytes;

    /// <summary>Makes a loader; nothing is prepared before the first sample is asked for.</summary>
    /// <param name="files">The data; not owned.</param>
    /// <param name="mix">Their order.</param>
    /// <param name="encoder">Encodes for the model.</param>
    /// <param name="options">How; null: the defaults.</param>
    /// <param name="media">Reads pictures and videos; null: with the default limits.</param>
    /// <param name="first">The number of the first sample, of a run that goes on.</param>
    /// <param name="cancellation">Ends all preparing.</param>
    /// <exception cref="ArgumentException">An option can't be used.</exception>
    public SampleLoader(IReadOnlyList<TrainingFile> files, DatasetMix mix, ConversationEncoder encoder, SampleLoaderOptions? options = null, MediaReader? media = null, long first = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(mix);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        (this.files, this.mix, this.options, NextNumber) = (files, mix, (options ?? new SampleLoaderOptions()).Validated(), first);
        preparer = new SamplePreparer(encoder, media ?? new MediaReader(), this.options);
        workers = new SemaphoreSlim(this.options.Workers);
        ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>The number of the sample that <see cref="TakeAsync"/> gives next.</summary>
    public long NextNumber { get; private set; }

    /// <summary>Samples that are prepared or being prepared, for tests.</summary>
    internal int Begun => begun.Count;

    /// <summary>Gives the next sample, which is the caller's from then on.</summary>
    /// <param name="cancellation">Ends the waiting; the same sample comes at the next call.</param>
    /// <exception cref="ToolMissingException">ffmpeg is missing.</exception>
    /// <exception cref="OperationCanceledException">The waiting or the loader was cancelled.</exception>
    public async Task<LoadedSample> TakeAsync(CancellationToken cancellation = default)
    {
        ended.Token.ThrowIfCancellationRequested();
        Begin();
        var (task, bytes) = begun.Peek();
        var sample = await task.WaitAsync(cancellation).ConfigureAwait(false);
        begun.Dequeue();
        begunBytes -= bytes;
        NextNumber++;
        Begin();
        return sample;
    }

    /// <summary>Ends all preparing, waits until nothing of it is left, and gives all pixels back, those of samples that were taken included.</summary>
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync().ConfigureAwait(false);
        while (begun.TryDequeue(out var entry))
        {
            await ((Task)entry.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (entry.Task.IsCompletedSuccessfully)
            {
                (entry.Task.Result as IDisposable)?.Dispose();
            }
        }

        preparer.Dispose();
        workers.Dispose();
        ended.Dispose();
    }

    /// <summary>Room comes only when a sample is taken, so nothing else needs to watch for it.</summary>
    private void Begin()
    {
        while (begun.Count < options.Ahead && !ended.IsCancellationRequested)
        {
            var number = NextNumber + begun.Count;
            var (file, index) = mix.At(number);
            Task<LoadedSample> task;
            var bytes = 0L;
            try
            {
                var sample = files[file].Read(index);
                bytes = preparer.BytesOf(sample);
                if (begun.Count > 0 && bytes > options.AheadBytes - begunBytes)
                {
                    return;
                }

                task = Task.Run(() => PrepareAsync(number, sample), CancellationToken.None);
            }
            catch (TrainingDataException error)
            {
                task = Task.FromResult<LoadedSample>(new BrokenSample(number, files[file].Source(index), error.Message));
            }

            begun.Enqueue((task, bytes));
            begunBytes += bytes;
        }
    }

    private async Task<LoadedSample> PrepareAsync(long number, TrainingSample sample)
    {
        await workers.WaitAsync(ended.Token).ConfigureAwait(false);
        try
        {
            return await preparer.PrepareAsync(number, sample, ended.Token).ConfigureAwait(false);
        }
        finally
        {
            workers.Release();
        }
    }
}
