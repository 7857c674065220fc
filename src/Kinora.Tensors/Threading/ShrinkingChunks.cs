namespace Kinora.Tensors.Threading;

/// <summary>
/// Cuts a stretch of items into chunks that grow smaller: at first long ones, so that each thread reads memory in long runs, at the
/// end single items, so that all threads finish together (guided self-scheduling, Polychronopoulos and Kuck 1987).
/// </summary>
internal readonly struct ShrinkingChunks
{
    private readonly int items;
    private readonly int divisor;

    /// <summary>Prepares the cut.</summary>
    /// <param name="items">How many items there are.</param>
    /// <param name="threads">How many threads share them.</param>
    public ShrinkingChunks(int items, int threads)
    {
        (this.items, divisor) = (items, 2 * threads);
        Count = Walk(int.MaxValue).Chunk;
    }

    /// <summary>The number of chunks.</summary>
    public int Count { get; }

    /// <summary>The items of a chunk.</summary>
    public (int First, int End) Range(int chunk)
    {
        var first = Walk(chunk).First;
        return (first, first + Length(first));
    }

    private (int Chunk, int First) Walk(int last)
    {
        var (chunk, first) = (0, 0);
        for (; first < items && chunk < last; chunk++)
        {
            first += Length(first);
        }

        return (chunk, first);
    }

    private int Length(int first) => Math.Max(1, (items - first) / divisor);
}
