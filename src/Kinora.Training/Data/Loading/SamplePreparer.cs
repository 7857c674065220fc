using Kinora.Media;
using Kinora.Models;
using Kinora.Models.Describing;
using Kinora.Models.Inputs;
using Kinora.Training.Conversations;

namespace Kinora.Training.Data.Loading;

/// <summary>Decodes and preprocesses the pictures of a sample, through the pipeline that describes them, and encodes its conversation. Thread-safe.</summary>
internal sealed class SamplePreparer : IDisposable
{
    // Sizes of pictures aren't known before they are decoded: large ones for memory, small ones for what can't fit however small they are.
    private static readonly (int Width, int Height) large = (1280, 720);
    private static readonly (int Width, int Height) small = (64, 64);

    private readonly ConversationEncoder encoder;
    private readonly MediaReader media;
    private readonly PixelCache cache;
    private readonly int frames;

    public SamplePreparer(ConversationEncoder encoder, MediaReader media, SampleLoaderOptions options)
    {
        (this.encoder, this.media) = (encoder, media);
        (cache, frames) = (new PixelCache(options.CacheBytes), options.Frames ?? encoder.Model.DefaultFrames);
    }

    /// <summary>The bytes that the pixels of a sample may take.</summary>
    public long BytesOf(TrainingSample sample)
        => sizeof(float) * encoder.Model.PixelShape(encoder.Model.Plan([.. sample.Media.Select(entry => new VisualShape(entry.Kind == TrainingMediaKind.Picture ? 1 : frames, large.Width, large.Height, entry.Kind != TrainingMediaKind.Picture))])).Count;

    /// <summary>Prepares a sample.</summary>
    /// <returns>The sample, or why it can't be used.</returns>
    /// <exception cref="ToolMissingException">ffmpeg is missing, which breaks every sample alike.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<LoadedSample> PrepareAsync(long number, TrainingSample sample, CancellationToken cancellation)
    {
        PreparedPixels? pixels = null;
        try
        {
            Check(sample);
            pixels = sample.Media.Count == 0 ? null : await PixelsAsync(sample.Media, cancellation).ConfigureAwait(false);
            var media = pixels?.Media ?? [];
            var encoded = encoder.Encode(sample, media);
            var rejected = sample.Rejected is null ? null : encoder.EncodeRejected(sample, media);
            return new PreparedSample(number, sample, encoded, rejected, pixels?.Input) { OwnsInput = pixels is { IsKept: false } };
        }
        catch (Exception error) when (error is SampleException or DescribeException or (MediaException and not ToolMissingException))
        {
            if (pixels is { IsKept: false })
            {
                pixels.Input.Dispose();
            }

            return new BrokenSample(number, sample.Source, error is SampleException ? error.Message : Quotation.Line($"{sample.Source}: {error.Message}"));
        }
    }

    public void Dispose() => cache.Dispose();

    /// <summary>A list of a million pictures must not be decoded to find that it doesn't fit the sequence.</summary>
    private void Check(TrainingSample sample)
    {
        if (sample.Media.Count > 0 && (long)sample.Media.Count * encoder.Model.Plan([new(1, small.Width, small.Height, IsVideo: false)]).Tokens > encoder.MostPositions)
        {
            throw new SampleException(sample.Source, $"its {sample.Media.Count} pictures and videos take more than the {encoder.MostPositions} positions that a sequence may have; use a larger maximum or fewer of them");
        }
    }

    private async Task<PreparedPixels> PixelsAsync(IReadOnlyList<TrainingMedia> entries, CancellationToken cancellation)
    {
        var key = string.Join('\n', entries.Select(entry => $"{entry.Kind} {entry.Start:R} {entry.End:R} {string.Join('\0', entry.Paths)}"));
        if (cache.Find(key) is { } kept)
        {
            return kept;
        }

        var pictures = new List<VisualMedia>();
        foreach (var entry in entries)
        {
            pictures.Add(await ReadAsync(entry, cancellation).ConfigureAwait(false));
        }

        return cache.Keep(key, new PreparedPixels(encoder.Model.Prepare(pictures), [.. pictures.Select(one => one.Shape)]));
    }

    private async Task<VisualMedia> ReadAsync(TrainingMedia entry, CancellationToken cancellation)
        => entry.Kind == TrainingMediaKind.Picture
            ? new([await media.ReadPictureAsync(entry.Paths[0], cancellation).ConfigureAwait(false)], IsVideo: false)
            : VisualMedia.Of(await ClipReading.ReadAsync(media, entry, frames, encoder.Model.DefaultRule, cancellation).ConfigureAwait(false));
}
