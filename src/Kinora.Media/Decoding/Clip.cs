namespace Kinora.Media;

/// <summary>The chosen frames of a video, an animation or pictures.</summary>
public sealed class Clip
{
    /// <summary>Makes a clip.</summary>
    /// <param name="info">What the file is.</param>
    /// <param name="frames">The frames in the order of the request, at least one.</param>
    /// <param name="decodeErrors">Errors that the decoder reported.</param>
    public Clip(MediaInfo info, IReadOnlyList<ClipFrame> frames, int decodeErrors = 0)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0)
        {
            throw new ArgumentException("A clip has at least one frame.", nameof(frames));
        }

        Info = info;
        Frames = frames;
        DecodeErrors = decodeErrors;
    }

    /// <summary>What the file is.</summary>
    public MediaInfo Info { get; }

    /// <summary>The frames in the order of the request.</summary>
    public IReadOnlyList<ClipFrame> Frames { get; }

    /// <summary>Errors that the decoder reported while it went on with what it could read; 0 for a sound file.</summary>
    public int DecodeErrors { get; }
}
