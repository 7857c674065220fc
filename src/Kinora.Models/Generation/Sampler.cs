using System.Numerics;
using System.Security.Cryptography;

namespace Kinora.Models.Generation;

/// <summary>
/// Draws tokens by their probabilities. The random numbers come from xoshiro256** (Blackman and Vigna, 2018), started by SplitMix64
/// from the seed: the same seed and probabilities give the same tokens on every machine and with every version of .NET.
/// </summary>
public sealed class Sampler
{
    private readonly ulong[] state = new ulong[4];

    /// <summary>Starts the random numbers.</summary>
    /// <param name="seed">Where they start; null: somewhere new.</param>
    public Sampler(ulong? seed)
    {
        Seed = seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        var counter = Seed;
        for (var index = 0; index < state.Length; index++)
        {
            counter += 0x9E3779B97F4A7C15;
            var mixed = (counter ^ (counter >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            state[index] = mixed ^ (mixed >> 31);
        }
    }

    /// <summary>The seed, so that a text can be generated again.</summary>
    public ulong Seed { get; }

    /// <summary>Draws a token.</summary>
    /// <param name="probabilities">One number of at least 0 per token; they need not add up to exactly 1.</param>
    /// <exception cref="GenerationException">The probabilities add up to nothing.</exception>
    public int Draw(ReadOnlySpan<float> probabilities)
    {
        var total = 0.0;
        foreach (var probability in probabilities)
        {
            total += probability;
        }

        if (!(total > 0 && double.IsFinite(total)))
        {
            throw new GenerationException("probabilities", $"The probabilities add up to {total}; expected a number above 0.");
        }

        var left = NextDouble() * total;
        var drawn = 0;
        for (var id = 0; id < probabilities.Length; id++)
        {
            if (probabilities[id] > 0)
            {
                // Rounding may leave a rest at the end: then it is the last possible token.
                drawn = id;
                left -= probabilities[id];
                if (left < 0)
                {
                    break;
                }
            }
        }

        return drawn;
    }

    /// <summary>The next random number, 0 included, 1 not.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    private ulong Next()
    {
        var result = BitOperations.RotateLeft(state[1] * 5, 7) * 9;
        var shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = BitOperations.RotateLeft(state[3], 45);
        return result;
    }
}
