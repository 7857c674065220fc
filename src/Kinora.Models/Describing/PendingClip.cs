using System.Diagnostics;
using Kinora.Media;

namespace Kinora.Models.Describing;

/// <summary>Frames that are decoded while something else is done: while weights are loaded, or while the input before is described.</summary>
public sealed class PendingClip : IAsyncDisposable
{
    private readonly CancellationTokenSource ended;
    private readonly Task<Clip> task;
    private volatile Action<DecodeProgress>? progress;

    /// <summary>Begins decoding.</summary>
    /// <param name="media">Reads the frames.</param>
    /// <param name="path">The input.</param>
    /// <param name="request">Which frames.</param>
    /// <param name="cancellation">Ends it.</param>
    public PendingClip(MediaReader media, string path, FrameRequest request, CancellationToken cancellation)
    {
        ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        task = Task.Run(
            async () =>
            {
                var clock = Stopwatch.StartNew();
                var clip = await media.ReadAsync(path, request, new Forward(this), ended.Token).ConfigureAwait(false);
                Seconds = clock.Elapsed.TotalSeconds;
                return clip;
            },
            CancellationToken.None);
    }

    /// <summary>How long decoding took, once it is done.</summary>
    public double Seconds { get; private set; }

    /// <summary>Waits for the frames.</summary>
    /// <param name="report">Told how far it is from now on.</param>
    /// <exception cref="MediaException">The input can't be read.</exception>
    public Task<Clip> WaitAsync(Action<DecodeProgress>? report)
    {
        progress = report;
        return task;
    }

    /// <summary>Ends decoding if it is still going on, and waits until nothing of it is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync().ConfigureAwait(false);
        await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ended.Dispose();
    }

    private sealed class Forward(PendingClip clip) : IProgress<DecodeProgress>
    {
        public void Report(DecodeProgress value) => clip.progress?.Invoke(value);
    }
}
