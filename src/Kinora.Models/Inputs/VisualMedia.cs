using Kinora.Media;

namespace Kinora.Models.Inputs;

/// <summary>Something that a prompt is about: a still, or frames of a video in the order of time.</summary>
/// <param name="Frames">The pictures; of a still one.</param>
/// <param name="IsVideo">Whether they are frames of a video.</param>
public sealed record VisualMedia(IReadOnlyList<Picture> Frames, bool IsVideo)
{
    /// <summary>The frames of a clip.</summary>
    public static VisualMedia Of(Clip clip)
    {
        ArgumentNullException.ThrowIfNull(clip);
        return new([.. clip.Frames.Select(frame => frame.Picture)], clip.Frames.Count > 1 || clip.Info.Kind is MediaKind.Video or MediaKind.Animation);
    }

    /// <summary>Size and kind; the frames of a video are taken to be as large as its first.</summary>
    public VisualShape Shape => new(Frames.Count, Frames[0].Width, Frames[0].Height, IsVideo);
}
