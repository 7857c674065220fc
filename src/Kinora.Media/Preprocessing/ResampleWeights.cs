using System.Collections.Concurrent;

namespace Kinora.Media;

/// <summary>
/// The taps of every output position along one axis, as 22-bit fixed-point numbers, in the plain form and in the form that the
/// vector kernels read. Computed once per geometry and kept, since a clip resizes every frame alike.
/// </summary>
internal sealed class ResampleWeights
{
    /// <summary>Fractional bits of a weight: 32 less 8 for the sample and 2 for overshoot.</summary>
    public const int FractionBits = 22;

    /// <summary>Bits of the lower part of a weight, so that both parts fit the 16-bit factors of a multiply-add.</summary>
    public const int LowBits = 12;

    private const int CacheLimit = 64;
    private static readonly ConcurrentDictionary<(int, float, float, int, ResampleFilter), ResampleWeights> Cache = new();

    private ResampleWeights(int inputSize, float from, float to, int outputSize, ResampleFilter filter)
    {
        double scale = (double)(to - from) / outputSize;
        var reduction = Math.Max(scale, 1.0);
        var support = ResampleKernel.Support(filter) * reduction;
        TapsPerOutput = ((int)Math.Ceiling(support) * 2) + 1;
        First = new int[outputSize];
        Count = new int[outputSize];
        Taps = new int[checked(outputSize * TapsPerOutput)];
        Span<double> weights = TapsPerOutput <= 256 ? stackalloc double[TapsPerOutput] : new double[TapsPerOutput];
        var inverse = 1.0 / reduction;
        for (var output = 0; output < outputSize; output++)
        {
            var centre = from + ((output + 0.5) * scale);
            var first = Math.Max(0, (int)(centre - support + 0.5));
            var count = Math.Min(inputSize, (int)(centre + support + 0.5)) - first;
            var sum = 0.0;
            for (var tap = 0; tap < count; tap++)
            {
                sum += weights[tap] = ResampleKernel.Weight(filter, (tap + first - centre + 0.5) * inverse);
            }

            for (var tap = 0; tap < count; tap++)
            {
                var weight = (sum != 0.0 ? weights[tap] / sum : weights[tap]) * (1 << FractionBits);
                Taps[(output * TapsPerOutput) + tap] = (int)(weight < 0 ? weight - 0.5 : weight + 0.5);
            }

            First[output] = first;
            Count[output] = count;
        }

        GroupsPerOutput = (TapsPerOutput + 3) / 4;
        Grouped = Group();
    }

    /// <summary>Room for taps per output; unused ones are 0.</summary>
    public int TapsPerOutput { get; }

    /// <summary>First source position of each output.</summary>
    public int[] First { get; }

    /// <summary>Number of taps of each output.</summary>
    public int[] Count { get; }

    /// <summary>The weights, [outputs, TapsPerOutput].</summary>
    public int[] Taps { get; }

    /// <summary>Groups of four taps per output in <see cref="Grouped"/>.</summary>
    public int GroupsPerOutput { get; }

    /// <summary>
    /// [outputs, groups, 2, 16]: for four taps the upper, then the lower part of the weights, laid out so that a pairwise
    /// multiply-add yields four channels of taps 0+1 in the lower and taps 2+3 in the upper half of a 256-bit vector.
    /// </summary>
    public short[] Grouped { get; }

    public static ResampleWeights For(int inputSize, float from, float to, int outputSize, ResampleFilter filter)
    {
        var key = (inputSize, from, to, outputSize, filter);
        if (Cache.TryGetValue(key, out var weights))
        {
            return weights;
        }

        // A server may see a new size with every request: forgetting everything now and then is cheap and bounded.
        if (Cache.Count >= CacheLimit)
        {
            Cache.Clear();
        }

        return Cache[key] = new ResampleWeights(inputSize, from, to, outputSize, filter);
    }

    private short[] Group()
    {
        var grouped = new short[checked(First.Length * GroupsPerOutput * 32)];
        for (var output = 0; output < First.Length; output++)
        {
            for (var tap = 0; tap < Count[output]; tap++)
            {
                var weight = Taps[(output * TapsPerOutput) + tap];
                var at = (((output * GroupsPerOutput) + (tap / 4)) * 32) + (tap % 4 / 2 * 8) + (tap % 2);
                for (var channel = 0; channel < 4; channel++)
                {
                    grouped[at + (channel * 2)] = (short)(weight >> LowBits);
                    grouped[at + (channel * 2) + 16] = (short)(weight & ((1 << LowBits) - 1));
                }
            }
        }

        return grouped;
    }
}
