namespace Kinora.Toybox.Clips;

/// <summary>How a clip is kept.</summary>
public enum ClipFormat
{
    /// <summary>An mp4 file.</summary>
    Mp4,

    /// <summary>A folder with a PNG of each frame.</summary>
    Frames,
}
