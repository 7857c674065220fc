namespace Kinora.Media;

/// <summary>One chosen frame.</summary>
/// <param name="Picture">RGB, upright, pixel aspect not applied. Repeated indices share one object.</param>
/// <param name="Time">Presentation time in seconds since the first picture.</param>
/// <param name="Index">The frame's number in display order, from 0.</param>
public sealed record ClipFrame(Picture Picture, double Time, int Index)
{
    /// <summary>Presentation time in seconds on the container's own time line, which may not start at 0.</summary>
    public double ContainerTime { get; init; } = Time;
}
