namespace Kinora.Media;

/// <summary>What a file's header says, and after decoding what was found.</summary>
public sealed record MediaInfo
{
    /// <summary>The path as it was given.</summary>
    public required string Path { get; init; }

    /// <summary>What the path holds.</summary>
    public required MediaKind Kind { get; init; }

    /// <summary>The container by its ffmpeg name, <c>mov</c> for MP4 and QuickTime; <c>png</c> and so on for pictures.</summary>
    public string Container { get; init; } = "";

    /// <summary>The codec by its ffmpeg name.</summary>
    public string Codec { get; init; } = "";

    /// <summary>The stored pixel format by its ffmpeg name.</summary>
    public string PixelFormat { get; init; } = "";

    /// <summary>The chosen stream's number in the file.</summary>
    public int StreamIndex { get; init; }

    /// <summary>Width as stored.</summary>
    public int CodedWidth { get; init; }

    /// <summary>Height as stored.</summary>
    public int CodedHeight { get; init; }

    /// <summary>Width of decoded pictures: upright, pixel aspect not applied.</summary>
    public int Width { get; init; }

    /// <summary>Height of decoded pictures: upright, pixel aspect not applied.</summary>
    public int Height { get; init; }

    /// <summary>Width on a screen: stored width times pixel aspect, rounded, then turned upright.</summary>
    public int DisplayWidth { get; init; }

    /// <summary>Height on a screen.</summary>
    public int DisplayHeight { get; init; }

    /// <summary>Degrees clockwise by which the stored picture is turned to stand upright: 0, 90, 180 or 270.</summary>
    public int Rotation { get; init; }

    /// <summary>Width of a pixel over its height; 1 if the file doesn't say.</summary>
    public Rational SampleAspectRatio { get; init; } = new(1, 1);

    /// <summary><c>bt601</c> (also if untagged), <c>bt709</c>, <c>bt2020</c> or <c>rgb</c>; else the ffmpeg name.</summary>
    public string ColourMatrix { get; init; } = "rgb";

    /// <summary><c>limited</c> (also if untagged) or <c>full</c>.</summary>
    public string ColourRange { get; init; } = "full";

    /// <summary>Frames per second on average, as the container says; 0/0 if unknown.</summary>
    public Rational AverageRate { get; init; }

    /// <summary>Seconds per tick of the time stamps.</summary>
    public Rational TimeBase { get; init; }

    /// <summary>Seconds as the container says; null if it doesn't.</summary>
    public double? Duration { get; init; }

    /// <summary>Seconds at which the container's time line starts.</summary>
    public double StartTime { get; init; }

    /// <summary>Frames as the header says; null if it doesn't. Not to be trusted.</summary>
    public int? HeaderFrameCount { get; init; }

    /// <summary>Frames that come out of the decoder; null until they have been counted by reading the file.</summary>
    public int? FrameCount { get; init; }
}
