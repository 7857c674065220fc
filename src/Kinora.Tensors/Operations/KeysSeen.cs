namespace Kinora.Tensors.Operations;

/// <summary>
/// Which keys of a block some rows see at most: those before the gap, and those from behind it to the end. Without branches the gap is empty
/// and lies at the end.
/// </summary>
/// <param name="GapFirst">Keys before the gap.</param>
/// <param name="GapEnd">The first key behind the gap.</param>
/// <param name="End">The end of what is seen.</param>
internal readonly record struct KeysSeen(int GapFirst, int GapEnd, int End)
{
    /// <summary>What rows see all together: the last one sees the most to the end, the first one has the smallest gap.</summary>
    /// <param name="arguments">Where everything lies.</param>
    /// <param name="sequence">The rows' sequence.</param>
    /// <param name="row">The first row, of the queries of all heads that share a key head.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="endRow">The end of the rows that are there.</param>
    /// <param name="firstKey">The first key of the block.</param>
    /// <param name="keys">Keys of the block.</param>
    public static KeysSeen Of(in AttentionArguments arguments, int sequence, int row, int rows, int endRow, int firstKey, int keys)
    {
        var last = Math.Min(row + rows, endRow) - 1;
        var end = Math.Clamp(arguments.Visible(sequence, last / arguments.Group) - firstKey, 0, keys);
        var (first, gapEnd) = arguments.Gap(sequence, row / arguments.Group);
        return first == gapEnd ? new(end, end, end) : new(Math.Clamp(first - firstKey, 0, end), Math.Clamp(gapEnd - firstKey, 0, end), end);
    }

    /// <summary>Whether any key from <paramref name="first"/> to before <paramref name="end"/> is seen.</summary>
    public bool Any(int first, int end) => first < GapFirst || (first < End && end > GapEnd);
}
