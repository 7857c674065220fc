namespace Kinora.Tensors.Tests;

/// <summary>Prefixes with branches, and the separate samples that they stand for, each with a copy of its prefix; a prefix is also a sample by itself.</summary>
internal sealed class Branching
{
    /// <param name="prefixes">Their lengths.</param>
    /// <param name="branches">The lengths of each prefix's branches.</param>
    public Branching(int[] prefixes, int[][] branches)
    {
        (Prefixes, Counts, Branches) = (prefixes, [.. branches.Select(lengths => lengths.Length)], [.. branches.SelectMany(lengths => lengths)]);
        var (lengths, copied, found, own) = (new List<int>(), new List<int>(), new List<int>(), new List<int>());
        var row = 0;
        for (var sequence = 0; sequence < prefixes.Length; sequence++)
        {
            int[] prefix = [.. Enumerable.Range(row, prefixes[sequence])];
            row += prefix.Length;
            Sample(prefix, 0);
            foreach (var length in branches[sequence])
            {
                own.AddRange(Enumerable.Range(row, length));
                Sample([.. prefix, .. Enumerable.Range(row, length)], prefix.Length);
                row += length;
            }
        }

        (Rows, Lengths, Copied, Found, Own) = (row, [.. lengths], [.. copied], [.. found], [.. own]);

        // Rows come out in their order: of a prefix those of its own sample, of a branch those behind the copy of its prefix.
        void Sample(int[] rows, int from)
        {
            found.AddRange(Enumerable.Range(copied.Count + from, rows.Length - from));
            copied.AddRange(rows);
            lengths.Add(rows.Length);
        }
    }

    public int[] Prefixes { get; }

    public int[] Counts { get; }

    public int[] Branches { get; }

    /// <summary>Rows of all prefixes and branches.</summary>
    public int Rows { get; }

    /// <summary>The lengths of the separate samples.</summary>
    public int[] Lengths { get; }

    /// <summary>Which rows the separate samples are made of.</summary>
    public int[] Copied { get; }

    /// <summary>Where each row is found in the separate samples.</summary>
    public int[] Found { get; }

    /// <summary>The rows of the branches.</summary>
    public int[] Own { get; }

    public static Branching Random(Random random)
    {
        var count = random.Next(1, 4);
        return new([.. Enumerable.Range(0, count).Select(_ => Length())], [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, random.Next(5)).Select(_ => Length()).ToArray())]);

        int Length() => random.Next(4) switch { 0 => random.Next(3), 1 => random.Next(100, 300), _ => random.Next(40) };
    }

    public static double[] Pick(double[] values, int[] rows, int width) => [.. rows.SelectMany(row => values.AsSpan(row * width, width).ToArray())];

    public override string ToString() => $"prefixes {string.Join(",", Prefixes)} with {string.Join(",", Counts)} branches {string.Join(",", Branches)}";
}
