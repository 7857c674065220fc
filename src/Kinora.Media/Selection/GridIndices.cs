namespace Kinora.Media;

/// <summary>The frames that ShareGPT4Video's script puts into its grid: one for each of equal segments, half a segment from the start on.</summary>
public static class GridIndices
{
    /// <summary>Chooses frames.</summary>
    /// <param name="total">Frames of the video, at least 1.</param>
    /// <param name="count">Frames wanted; of a shorter video some come several times.</param>
    /// <returns>Ascending indices.</returns>
    public static int[] Choose(int total, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var segment = (total - 1) / (double)count;
        var start = (int)(segment / 2);
        return [.. Enumerable.Range(0, count).Select(number => start + (int)Math.Round(segment * number, MidpointRounding.ToEven))];
    }
}
