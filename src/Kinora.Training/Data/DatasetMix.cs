using Kinora.Tensors;

namespace Kinora.Training.Data;

/// <summary>
/// The order in which records of several files are learned from, without end. What stands at place n follows from the seed alone, so that a run that goes on needs only n.
/// </summary>
/// <remarks>
/// Without weights every record comes once in an epoch, all files shuffled together, differently in each epoch. With weights the files take turns in proportion to them, as
/// evenly as whole numbers allow (after any number of samples, a file's share is off by at most one sample for itself and each file before it), and each file comes in shuffled passes of its own.
/// </remarks>
public sealed class DatasetMix
{
    private const int FractionBits = 32;

    private readonly long[] ends;
    private readonly ulong seed;
    private readonly ulong[]? fractions;
    private readonly ulong[] phases;

    /// <summary>Makes an order.</summary>
    /// <param name="counts">Records of each file, at least one file and none empty.</param>
    /// <param name="weights">How often each file's turn comes, positive numbers of any sum; null: every record once per epoch.</param>
    /// <param name="seed">Which order.</param>
    /// <exception cref="ArgumentException">A count or a weight can't be used.</exception>
    public DatasetMix(IReadOnlyList<int> counts, IReadOnlyList<double>? weights, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Count == 0 || counts.Any(count => count < 1))
        {
            throw new ArgumentException("A mix has at least one data file, and each has at least one record.", nameof(counts));
        }

        if (weights is not null && (weights.Count != counts.Count || weights.Any(weight => !(weight > 0) || !double.IsFinite(weight))))
        {
            throw new ArgumentException($"A mix of {counts.Count} data files has as many weights, all above 0.", nameof(weights));
        }

        this.seed = seed;
        ends = new long[counts.Count];
        phases = new ulong[counts.Count];
        for (var file = 0; file < ends.Length; file++)
        {
            ends[file] = EpochLength += counts[file];
            phases[file] = CounterRandom.Mix(seed, (ulong)file) >> FractionBits;
        }

        fractions = weights is null ? null : Fractions(weights);
    }

    /// <summary>Samples of an epoch: as many as there are records. With weights some records come more often in that time and some not at all.</summary>
    public long EpochLength { get; }

    /// <summary>The record at a place of the order.</summary>
    /// <param name="number">The sample's number, from 0.</param>
    public MixPlace At(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        return fractions is null ? Shuffled(number) : Weighted(number, fractions);
    }

    private MixPlace Shuffled(long number)
    {
        var (epoch, place) = Math.DivRem(number, EpochLength);
        var record = new IndexPermutation(EpochLength, CounterRandom.Mix(seed, (ulong)epoch)).At(place);
        var found = Array.BinarySearch(ends, record + 1);
        var file = found < 0 ? ~found : found;
        return new MixPlace(file, (int)(record - Start(file)));
    }

    /// <summary>Each file in turn takes its fraction of what the files before it left, one sample whenever the sum of fractions passes a whole number; so a sample's rank within its file is known without counting.</summary>
    private MixPlace Weighted(long number, ulong[] shares)
    {
        var rank = (UInt128)(ulong)number;
        for (var file = 0; ; file++)
        {
            var before = ((rank * shares[file]) + phases[file]) >> FractionBits;
            var after = (((rank + 1) * shares[file]) + phases[file]) >> FractionBits;
            if (after > before)
            {
                var count = ends[file] - Start(file);
                var (pass, place) = Math.DivRem((long)before, count);
                var key = CounterRandom.Mix(CounterRandom.Mix(seed, (ulong)file), (ulong)pass);
                return new MixPlace(file, (int)new IndexPermutation(count, key).At(place));
            }

            rank -= before;
        }
    }

    private long Start(int file) => file == 0 ? 0 : ends[file - 1];

    /// <summary>Of each file the fraction of what the files before it left, in units of 2^-32; the last takes all, so that every sample finds a file.</summary>
    private static ulong[] Fractions(IReadOnlyList<double> weights)
    {
        var fractions = new ulong[weights.Count];
        var (left, largest) = (0.0, weights.Max());
        for (var file = weights.Count - 1; file >= 0; file--)
        {
            // Seen against the largest, no sum of weights is infinite.
            var weight = weights[file] / largest;
            left += weight;
            fractions[file] = file == weights.Count - 1 ? 1UL << FractionBits : Math.Max(1UL, (ulong)Math.Round(weight / left * (1UL << FractionBits)));
        }

        return fractions;
    }
}
