namespace Kinora.Tensors;

/// <summary>
/// Random numbers of a key and a counter: number i of a key can be had without the ones before it, and is the same on every machine and with every version of .NET.
/// The mixing is that of SplitMix64 (Steele, Lea and Flood, 2014).
/// </summary>
/// <param name="key">Which sequence; neighbouring keys have nothing in common.</param>
public struct CounterRandom(ulong key)
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    // Mixed first, for the sequences of two keys that lie one step apart would be one sequence.
    private readonly ulong start = Finish(key + GoldenGamma);
    private ulong counter;

    /// <summary>The next 64 random bits.</summary>
    public ulong Next() => Finish(start + (++counter * GoldenGamma));

    /// <summary>A number from 0 to <paramref name="limit"/> - 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 1.</exception>
    public int Below(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);

        // The high half of the product; no number is likelier than another by more than limit / 2^64.
        return (int)Math.BigMul(Next(), (ulong)limit, out _);
    }

    /// <summary>A number of at least 0 and below 1, a multiple of 2^-53.</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>The number of one of several that are drawn by weight.</summary>
    /// <param name="weights">Numbers of at least 0, one of them above.</param>
    public int Weighted(ReadOnlySpan<double> weights)
    {
        var total = 0.0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        var (left, last) = (Uniform() * total, 0);
        for (var number = 0; number < weights.Length; number++)
        {
            left -= weights[number];
            if (left < 0)
            {
                return number;
            }

            last = weights[number] > 0 ? number : last;
        }

        // Rounding left a little.
        return last;
    }

    /// <summary>Puts things into random order (Fisher and Yates, from the end).</summary>
    public void Shuffle<T>(Span<T> things)
    {
        for (var i = things.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (things[i], things[j]) = (things[j], things[i]);
        }
    }

    /// <summary>A key made of a key and a number: the number's own sequence within that of the key.</summary>
    public static ulong Mix(ulong key, ulong number) => Finish(Finish(key + GoldenGamma) + ((number + 1) * GoldenGamma));

    private static ulong Finish(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
