namespace Kinora.Media;

/// <summary>Frame choice of PLLaVA at inference (arXiv 2404.16994; specification 2.1): about the middles of equal parts, counted by index.</summary>
public static class PllavaIndices
{
    /// <summary>Frames a second that a folder of pictures is taken to have.</summary>
    internal const int PicturesPerSecond = 3;

    /// <summary>The indices of evenly spaced frames.</summary>
    /// <param name="total">Frames that the decoder gives, at least 1.</param>
    /// <param name="count">Wanted frames, at least 1; repeats appear when there are fewer.</param>
    /// <param name="rate">Average frames per second.</param>
    /// <param name="start">Seconds; null for the start.</param>
    /// <param name="end">Seconds; null for the end.</param>
    /// <param name="lowest">The number of the first frame: the original counts pictures of a folder from 1.</param>
    /// <remarks>Bounds outside the clip are moved into it, where the original asks for frames that aren't there.</remarks>
    public static int[] Choose(int total, int count, double rate, double? start = null, double? end = null, int lowest = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var highest = lowest + total - 1;
        var first = start is { } from ? Bounded(from, lowest) : lowest;
        var last = end is { } to ? Bounded(to, first) : highest;
        var gap = (double)(last - first) / count;
        return [.. Enumerable.Range(0, count).Select(k => (int)(first + (gap / 2) + Math.Round(gap * k, MidpointRounding.ToEven)))];

        int Bounded(double seconds, int least) => (int)Math.Clamp(Math.Round(seconds * rate, MidpointRounding.ToEven), least, highest);
    }
}
