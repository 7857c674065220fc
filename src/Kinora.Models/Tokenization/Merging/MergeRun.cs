namespace Kinora.Models.Tokenization.Merging;

/// <summary>
/// The merging of one word: a linked list of pieces and a queue of possible merges, so that n pieces take n log n steps.
/// </summary>
/// <remarks>Merges go by rank, then from the left. An entry whose neighbours have changed meanwhile is passed over when it comes up.</remarks>
internal sealed class MergeRun
{
    private const int Gone = -1;

    private readonly Dictionary<(int Left, int Right), Merge> merges;
    private readonly int[] pieces;
    private readonly int[] previous;
    private readonly int[] next;
    private readonly PriorityQueue<(int At, int Id), long> queue;

    public MergeRun(List<int> symbols, Dictionary<(int Left, int Right), Merge> merges)
    {
        this.merges = merges;
        pieces = [.. symbols];
        previous = new int[pieces.Length];
        next = new int[pieces.Length];
        queue = new PriorityQueue<(int At, int Id), long>(pieces.Length);
        for (var index = 0; index < pieces.Length; index++)
        {
            previous[index] = index - 1;
            next[index] = index + 1 < pieces.Length ? index + 1 : Gone;
        }
    }

    /// <summary>Merges as far as possible and appends the pieces that are left.</summary>
    public void Append(List<int> ids)
    {
        for (var index = 0; index + 1 < pieces.Length; index++)
        {
            Enqueue(index);
        }

        while (queue.TryDequeue(out var candidate, out _))
        {
            var at = candidate.At;
            if (pieces[at] == Gone || next[at] == Gone || !merges.TryGetValue((pieces[at], pieces[next[at]]), out var merge) || merge.Id != candidate.Id)
            {
                continue;
            }

            Join(at, merge.Id);
        }

        for (var index = 0; index != Gone; index = next[index])
        {
            ids.Add(pieces[index]);
        }
    }

    private void Join(int at, int id)
    {
        var right = next[at];
        pieces[at] = id;
        pieces[right] = Gone;
        next[at] = next[right];
        if (next[at] != Gone)
        {
            previous[next[at]] = at;
            Enqueue(at);
        }

        if (previous[at] != Gone)
        {
            Enqueue(previous[at]);
        }
    }

    private void Enqueue(int at)
    {
        if (merges.TryGetValue((pieces[at], pieces[next[at]]), out var merge))
        {
            queue.Enqueue((at, merge.Id), ((long)merge.Rank << 32) | (uint)at);
        }
    }
}
