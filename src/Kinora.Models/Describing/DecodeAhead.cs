using Kinora.Media;

namespace Kinora.Models.Describing;

/// <summary>Decodes one input ahead of the one at hand: the first while weights are loaded, each next one while the one before is described.</summary>
/// <param name="media">Reads the frames.</param>
/// <param name="inputs">The inputs in the order in which they are taken.</param>
/// <param name="request">Which frames of each.</param>
/// <param name="cancellation">Ends all decoding.</param>
public sealed class DecodeAhead(MediaReader media, IReadOnlyList<string> inputs, FrameRequest request, CancellationToken cancellation) : IAsyncDisposable
{
    private int begun;
    private PendingClip? taken;
    private PendingClip? next;

    /// <summary>Begins with the next input, unless that is done or none is left.</summary>
    public void Begin()
    {
        if (next is null && begun < inputs.Count)
        {
            next = new PendingClip(media, inputs[begun++], request, cancellation);
        }
    }

    /// <summary>The next input's frames; those taken before are given up.</summary>
    /// <exception cref="InvalidOperationException">No input is left.</exception>
    public async ValueTask<PendingClip> TakeAsync()
    {
        Begin();
        if (taken is not null)
        {
            await taken.DisposeAsync().ConfigureAwait(false);
        }

        (taken, next) = (next ?? throw new InvalidOperationException("All inputs have been taken."), null);
        return taken;
    }

    /// <summary>Ends what is still being decoded.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var clip in new[] { taken, next })
        {
            if (clip is not null)
            {
                await clip.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
