namespace Kinora.Tensors;

/// <content>How rows divide.</content>
public sealed unsafe partial class TensorOperations
{
    /// <summary>Sequences of these lengths; they live in the workspace until the innermost frame ends.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative length.</exception>
    public Sequences Divide(ReadOnlySpan<int> lengths)
    {
        var starts = Numbers(lengths.Length + 1);
        starts[0] = 0;
        for (var i = 0; i < lengths.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(lengths[i], nameof(lengths));
            starts[i + 1] = checked(starts[i] + lengths[i]);
        }

        return new(starts, lengths.Length);
    }

    /// <summary>
    /// Sequences that are prefixes with branches behind them: rows of a prefix see the prefix, rows of a branch the whole prefix and their own
    /// branch, both causally; positions of each branch go on from the prefix. They live in the workspace until the innermost frame ends.
    /// </summary>
    /// <param name="prefixes">The length of each sequence's prefix; may be 0.</param>
    /// <param name="counts">How many branches each sequence has; may be 0.</param>
    /// <param name="branches">The lengths of all branches, sequence by sequence.</param>
    /// <exception cref="ArgumentException">The numbers don't belong together, or one is negative.</exception>
    public Sequences Divide(ReadOnlySpan<int> prefixes, ReadOnlySpan<int> counts, ReadOnlySpan<int> branches)
    {
        var (prefixRows, branchRows, all) = (Total(prefixes), Total(branches), Total(counts));
        if (counts.Length != prefixes.Length || all != branches.Length)
        {
            throw new ArgumentException($"{prefixes.Length} prefixes, {counts.Length} numbers of branches with a sum of {all}, and {branches.Length} branches don't belong together.", nameof(counts));
        }

        var (count, rows) = (prefixes.Length, checked(prefixRows + branchRows));
        var starts = Numbers(checked((3 * count) + 2 + (2 * rows) + (2 * branchRows)));
        var branchStarts = starts + count + 1;
        var prefixLengths = branchStarts + count + 1;
        var ownKeys = prefixLengths + count;

        // Behind the positions of all rows those of the branches' rows, and behind them which rows these are: Sequences finds them there.
        var positions = ownKeys + rows;
        var branchPositions = positions + rows;
        var branchNumbers = branchPositions + branchRows;
        var (row, branchRow, branch) = (0, 0, 0);
        for (var sequence = 0; sequence < count; sequence++)
        {
            (starts[sequence], branchStarts[sequence], prefixLengths[sequence]) = (row, branchRow, prefixes[sequence]);
            for (var place = 0; place < prefixes[sequence]; place++, row++)
            {
                (ownKeys[row], positions[row]) = (0, place);
            }

            for (var end = branch + counts[sequence]; branch < end; branch++)
            {
                var own = row - starts[sequence];
                for (var place = 0; place < branches[branch]; place++, row++, branchRow++)
                {
                    (ownKeys[row], positions[row]) = (own, prefixes[sequence] + place);
                    (branchPositions[branchRow], branchNumbers[branchRow]) = (positions[row], row);
                }
            }
        }

        (starts[count], branchStarts[count]) = (row, branchRow);
        return new(starts, count, positions, ownKeys, prefixLengths, branchStarts);
    }

    /// <summary>Room for whole numbers that are read in a dry run too.</summary>
    private int* Numbers(int count)
    {
        var taken = Take(new Shape(count));
        return dry is null ? (int*)taken.Pointer : dry.Numbers(count);
    }

    private static int Total(ReadOnlySpan<int> lengths)
    {
        var total = 0;
        foreach (var length in lengths)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(lengths));
            total = checked(total + length);
        }

        return total;
    }

    private static void RequireRows(Tensor x, Sequences sequences)
    {
        if (sequences.Rows != x.Shape.Rows)
        {
            throw new ArgumentException($"Sequences of {sequences.Rows} rows in all don't fit a tensor of shape {x.Shape}.", nameof(sequences));
        }
    }
}
