using Kinora.Media;

namespace Kinora.Training.Data.Loading;

/// <summary>Reads the frames that a model sees of a sample's video.</summary>
internal static class ClipReading
{
    /// <summary>Decodes frames of a video, or of pictures in the order of time.</summary>
    /// <param name="media">Reads them.</param>
    /// <param name="entry">The video; no single picture.</param>
    /// <param name="frames">How many.</param>
    /// <param name="rule">Which.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="MediaException">It can't be read.</exception>
    public static Task<Clip> ReadAsync(MediaReader media, TrainingMedia entry, int frames, FrameRule rule, CancellationToken cancellation)
    {
        var request = new FrameRequest { Count = frames, Rule = rule, Start = entry.Start, End = entry.End };
        return entry.Kind == TrainingMediaKind.Frames
            ? media.ReadPicturesAsync(entry.Paths, request, null, cancellation)
            : media.ReadAsync(entry.Paths[0], request, null, cancellation);
    }
}
