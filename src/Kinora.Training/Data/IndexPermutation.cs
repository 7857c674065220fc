using System.Numerics;
using Kinora.Tensors;

namespace Kinora.Training.Data;

/// <summary>
/// A random order of 0 .. count - 1 that takes no memory: a keyed Feistel network over the next power of four, walked until it comes back into the range
/// (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002).
/// </summary>
public readonly struct IndexPermutation
{
    // Four rounds are enough in theory; the halves of small ranges have few bits, and more rounds cost little.
    private const int Rounds = 8;

    private readonly long count;
    private readonly ulong key;
    private readonly int halfBits;

    /// <summary>Chooses an order.</summary>
    /// <param name="count">How many, at least 1 and at most 2^62.</param>
    /// <param name="key">Which order.</param>
    public IndexPermutation(long count, ulong key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1L << 62);
        (this.count, this.key) = (count, key);
        halfBits = Math.Max(1, (BitOperations.Log2((ulong)Math.Max(1, count - 1)) / 2) + 1);
    }

    /// <summary>What stands at a place of the order.</summary>
    /// <param name="index">From 0 to count - 1.</param>
    public long At(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        var value = (ulong)index;
        do
        {
            value = Encipher(value);
        }
        while (value >= (ulong)count);
        return (long)value;
    }

    private ulong Encipher(ulong value)
    {
        var mask = (1UL << halfBits) - 1;
        var (left, right) = (value >> halfBits, value & mask);
        for (var round = 0UL; round < Rounds; round++)
        {
            (left, right) = (right, left ^ (CounterRandom.Mix(key, (round << 32) | right) & mask));
        }

        return (left << halfBits) | right;
    }
}
