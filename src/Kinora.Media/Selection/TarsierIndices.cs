namespace Kinora.Media;

/// <summary>Frame choice of Tarsier v1 (arXiv 2407.00634; specification 3.2), exact in every quirk.</summary>
public static class TarsierIndices
{
    /// <summary>The indices of evenly spaced frames.</summary>
    /// <param name="total">Frames that the decoder gives, at least 1.</param>
    /// <param name="count">Wanted frames, at least 1; repeats appear when there are fewer.</param>
    /// <param name="rate">Average frames per second.</param>
    /// <param name="start">Seconds; 0 for the start.</param>
    /// <param name="end">Seconds; 0 or less for the end.</param>
    public static int[] Choose(int total, int count, double rate, double start = 0, double end = -1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count == 1)
        {
            // The original looks at the very first frame then, whatever the start.
            return [0];
        }

        var first = start > 0 ? (int)Math.Min(total - 1, Math.Truncate(rate * start)) : 0;
        var last = end > 0 ? (int)Math.Min(total - 1, Math.Max(first, Math.Truncate(rate * end))) : total - 1;
        var length = last - first + 1;
        var indices = new int[count];
        for (var i = 0; i < count; i++)
        {
            indices[i] = first + (int)Math.Round((double)i * (length - 1) / (count - 1), MidpointRounding.ToEven);
        }

        return indices;
    }
}
