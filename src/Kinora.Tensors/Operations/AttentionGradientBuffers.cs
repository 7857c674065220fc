using Kinora.Tensors.Kernels;

namespace Kinora.Tensors.Operations;

/// <summary>
/// What a chunk of <see cref="AttentionGradient"/> keeps: keys and values of its sequence, packed, the sums of their gradients, and a
/// block of query rows. "ByDepth" are panels whose depth is the head's size, "ByRow" those whose depth are rows.
/// </summary>
internal unsafe struct AttentionGradientBuffers
{
    /// <summary>Keys that a block of rows meets at a time.</summary>
    public const int KeyBlock = 128;

    private const int Alignment = 16;

    public float* KeysByDepth;
    public float* KeysByRow;
    public float* ValuesByDepth;
    public float* KeyGradients;
    public float* ValueGradients;
    public float* QueriesByDepth;
    public float* QueriesByRow;
    public float* OutputsByDepth;
    public float* OutputsByRow;
    public float* Plain;
    public float* LogSums;
    public float* Deltas;
    public float* Scores;
    public float* Gradients;
    public float* PackedGradients;
    public float* QueryGradients;

    /// <summary>Floats from a row of <see cref="QueryGradients"/> to the next.</summary>
    public int PaddedSize;

    /// <summary>Floats from a row of the gradients of keys and values, which lie the other way round, to the next.</summary>
    public int PaddedKeys;

    private AttentionGradientBuffers(float* start, KernelSet kernels, int keys, int size)
    {
        const int Rows = AttentionGradientArguments.RowBlock;
        PaddedSize = RoundUp(size, kernels.TileColumns);
        PaddedKeys = RoundUp(keys, kernels.TileColumns);
        var sums = SumFloats(kernels, keys, size);
        var halves = RoundUp(size, kernels.TileRows / 2);
        KeysByDepth = Take(ref start, (long)PaddedKeys * size);
        KeysByRow = Take(ref start, (long)keys * PaddedSize);
        ValuesByDepth = Take(ref start, (long)PaddedKeys * size);
        KeyGradients = Take(ref start, sums);
        ValueGradients = Take(ref start, sums);
        QueriesByDepth = Take(ref start, (long)Rows * size);
        QueriesByRow = Take(ref start, (long)Rows * halves);
        OutputsByDepth = Take(ref start, (long)Rows * size);
        OutputsByRow = Take(ref start, (long)Rows * halves);
        Plain = Take(ref start, (long)Rows * size);
        LogSums = Take(ref start, Rows);
        Deltas = Take(ref start, Rows);
        Scores = Take(ref start, (long)Rows * KeyBlock);
        Gradients = Take(ref start, (long)Rows * KeyBlock);
        PackedGradients = Take(ref start, (long)kernels.TileRows * KeyBlock);
        QueryGradients = Take(ref start, (long)Rows * PaddedSize);
        End = start;
    }

    /// <summary>Behind the last buffer.</summary>
    public float* End { get; }

    /// <summary>Lays them out from an address on.</summary>
    public static AttentionGradientBuffers At(float* start, KernelSet kernels, int keys, int size) => new(start, kernels, keys, size);

    /// <summary>Floats that all take.</summary>
    public static long Floats(KernelSet kernels, int keys, int size) => (long)At(null, kernels, keys, size).End / sizeof(float);

    /// <summary>Floats of the sums of the gradients of keys, or of values, [size, keys] in whole tiles.</summary>
    public static long SumFloats(KernelSet kernels, int keys, int size) => (long)RoundUp(size, kernels.TileRows / 2) * RoundUp(keys, kernels.TileColumns);

    private static float* Take(ref float* place, long count)
    {
        var taken = place;
        place += (count + Alignment - 1) / Alignment * Alignment;
        return taken;
    }

    private static int RoundUp(int value, int step) => (value + step - 1) / step * step;
}
