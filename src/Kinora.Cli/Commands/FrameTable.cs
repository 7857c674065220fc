using System.Globalization;
using Kinora.Media;

namespace Kinora.Cli.Commands;

/// <summary>The frames that a rule selects, with their times.</summary>
internal static class FrameTable
{
    public static IEnumerable<string> Lines(Clip clip)
        => clip.Frames.Select((frame, i) => string.Create(CultureInfo.InvariantCulture, $"frame {i + 1,3}: number {frame.Index,6} at {frame.Time,9:0.000} s, {frame.Picture.Width}x{frame.Picture.Height}"));
}
