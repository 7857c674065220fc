using Kinora.Media;
using Kinora.Models;
using Kinora.Training.Conversations;

namespace Kinora.Training.Data.Loading;

/// <summary>Decodes and preprocesses the pictures of a sample, through the pipeline that describes them, and encodes its conversation. Thread-safe.</summary>
internal sealed class SamplePreparer : IDisposable
{
    private readonly ConversationEncoder encoder;
    private readonly MediaReader media;
    private readonly PixelCache cache;
    private readonly int frames;

    public SamplePreparer(ConversationEncoder encoder, MediaReader media, SampleLoaderOptions options)
    {
        (this.encoder, this.media) = (encoder, media);
        (cache, frames) = (new PixelCache(options.CacheBytes), options.Frames ?? encoder.Model.DefaultFrames);
    }

    /// <summary>The most bytes that the pixels of a sample may take.</summary>
    public long BytesOf(TrainingSample sample)
        => sizeof(float) * encoder.Model.PixelShape(1).Count * sample.Media.Sum(entry => entry.Kind == TrainingMediaKind.Picture ? 1L : frames);

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
            var (pictures, video) = (pixels?.Pixels.Shape[0] ?? 0, pixels?.IsVideo ?? false);
            var encoded = encoder.Encode(sample, pictures, video);
            var rejected = sample.Rejected is null ? null : encoder.EncodeRejected(sample, pictures, video);
            return new PreparedSample(number, sample, encoded, rejected, pixels?.Pixels) { OwnsPixels = pixels is { IsKept: false } };
        }
        catch (Exception error) when (error is SampleException or (MediaException and not ToolMissingException))
        {
            if (pixels is { IsKept: false })
            {
                pixels.Pixels.Dispose();
            }

            return new BrokenSample(number, sample.Source, error is SampleException ? error.Message : Quotation.Line($"{sample.Source}: {error.Message}"));
        }
    }

    public void Dispose() => cache.Dispose();

    /// <summary>A list of a million pictures must not be decoded to find that it doesn't fit the sequence.</summary>
    private void Check(TrainingSample sample)
    {
        if ((long)sample.Media.Count * encoder.Model.VisualTokens > encoder.MostPositions)
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

        var pictures = new List<Picture>();
        var video = false;
        foreach (var entry in entries)
        {
            video |= await ReadAsync(entry, pictures, cancellation).ConfigureAwait(false);
        }

        return cache.Keep(key, new PreparedPixels(encoder.Model.Preprocess(pictures), video || pictures.Count > 1));
    }

    /// <returns>Whether it is a video or an animation, as <c>describe</c> sees it.</returns>
    private async Task<bool> ReadAsync(TrainingMedia entry, List<Picture> pictures, CancellationToken cancellation)
    {
        if (entry.Kind == TrainingMediaKind.Picture)
        {
            pictures.Add(await media.ReadPictureAsync(entry.Paths[0], cancellation).ConfigureAwait(false));
            return false;
        }

        var clip = await ClipReading.ReadAsync(media, entry, frames, cancellation).ConfigureAwait(false);
        pictures.AddRange(clip.Frames.Select(frame => frame.Picture));
        return clip.Info.Kind is MediaKind.Video or MediaKind.Animation;
    }
}
