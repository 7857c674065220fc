namespace Kinora.Media;

/// <summary>How a video is written.</summary>
/// <param name="Width">Pixels of a row, even.</param>
/// <param name="Height">Rows, even.</param>
/// <param name="FramesPerSecond">Frames of a second.</param>
public sealed record VideoFormat(int Width, int Height, int FramesPerSecond)
{
    /// <summary>x264's constant rate factor: 0 loses nothing, 18 is hardly to be told from it, 23 is usual.</summary>
    public int ConstantRateFactor { get; init; } = 18;

    /// <summary>Threads of the encoder, 1 where several videos are written at a time.</summary>
    public int Threads { get; init; } = 1;
}
