namespace Kinora.Models.Inputs;

/// <summary>Positions of tokens along time, rows and columns (M-RoPE of Qwen2-VL, Wang et al. 2024).</summary>
/// <param name="Axes">[3][tokens].</param>
public sealed record AxisPositions(int[][] Axes)
{
    /// <summary>The position of the token behind the last, on all axes.</summary>
    public int Next { get; } = Axes.Max(axis => axis.Length == 0 ? -1 : axis.Max()) + 1;

    /// <summary>Those of some tokens.</summary>
    public AxisPositions Slice(int first, int count) => new([.. Axes.Select(axis => axis[first..(first + count)])]);

    /// <summary>Positions of a prompt: text counts on along all axes together, the tokens of an item by their place in its grid, and what follows begins behind the largest.</summary>
    /// <param name="ids">The prompt, with one placeholder per visual token.</param>
    /// <param name="placeholder">Whether an id is a placeholder.</param>
    /// <param name="items">What stands in the places, in order.</param>
    /// <param name="first">The position of the first token.</param>
    public static AxisPositions Of(ReadOnlySpan<int> ids, Func<int, bool> placeholder, IReadOnlyList<VisualItem> items, int first)
    {
        int[][] axes = [new int[ids.Length], new int[ids.Length], new int[ids.Length]];
        var (next, item) = (first, 0);
        for (var place = 0; place < ids.Length;)
        {
            if (!placeholder(ids[place]) || item == items.Count)
            {
                (axes[0][place], axes[1][place], axes[2][place]) = (next, next, next);
                (next, place) = (next + 1, place + 1);
                continue;
            }

            var (tokens, time, rows, columns) = items[item++];
            for (var token = 0; token < tokens; token++, place++)
            {
                (axes[0][place], axes[1][place], axes[2][place]) = (next + (token / (rows * columns)), next + (token / columns % rows), next + (token % columns));
            }

            next += Math.Max(time, Math.Max(rows, columns));
        }

        return new(axes);
    }
}
