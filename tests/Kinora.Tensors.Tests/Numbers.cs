namespace Kinora.Tensors.Tests;

/// <summary>Seeded random tensors and the measures that kernels are held to.</summary>
internal static class Numbers
{
    public static Tensor Random(Random random, params ReadOnlySpan<int> extents)
    {
        var tensor = Tensor.Allocate(new Shape(extents));
        foreach (ref var value in tensor.AsSpan())
        {
            value = Normal(random);
        }

        return tensor;
    }

    public static float Normal(Random random)
        => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    /// <summary>|actual - expected| / |expected| in the L2 norm.</summary>
    public static double RelativeError(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (difference, norm) = (0.0, 0.0);
        for (var i = 0; i < actual.Length; i++)
        {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }

        return Math.Sqrt(difference) / Math.Max(Math.Sqrt(norm), 1e-30);
    }

    /// <summary>The values of a tensor of any format in double precision, decoded by the format's definition alone.</summary>
    public static unsafe double[] Decode(Tensor tensor)
    {
        var values = new double[tensor.Shape.Count];
        for (var i = 0L; i < values.Length; i++)
        {
            var block = i / 32;
            var place = (int)(i % 32);
            values[i] = tensor.Format switch
            {
                StorageFormat.F32 => ((float*)tensor.Pointer)[i],
                StorageFormat.F16 => (double)((Half*)tensor.Pointer)[i],
                StorageFormat.BF16 => BitConverter.UInt32BitsToSingle((uint)((ushort*)tensor.Pointer)[i] << 16),
                StorageFormat.Q8_0 => (double)*(Half*)(tensor.Pointer + (block * 34)) * ((sbyte*)tensor.Pointer)[(block * 34) + 2 + place],
                StorageFormat.Q8_0x16 or StorageFormat.Q4_0x16 => Grouped(tensor, i),
                _ => throw new InvalidOperationException(),
            };
        }

        return values;
    }

    /// <summary>Sixteen rows together: their scales, then four columns of each in turn.</summary>
    private static unsafe double Grouped(Tensor tensor, long index)
    {
        var (row, column) = ((int)(index / tensor.Shape.Last), (int)(index % tensor.Shape.Last));
        var eight = tensor.Format == StorageFormat.Q8_0x16;
        var blockBytes = 16 * (eight ? 34 : 18);
        var block = tensor.Pointer + ((((long)(row / 16) * (tensor.Shape.Last / 32)) + (column / 32)) * blockBytes);
        var scale = (double)((Half*)block)[row % 16];
        var place = eight ? column % 32 : column % 16;
        var stored = block[32 + (place / 4 * 64) + (row % 16 * 4) + (place % 4)];
        return scale * (eight ? stored - 128 : ((stored >> (column % 32 < 16 ? 0 : 4)) & 15) - 8);
    }

    /// <summary>What the byte products see of x: blocks of 32 columns rounded to 127 steps of their largest magnitude.</summary>
    public static double[] RoundedToBytes(Tensor x)
    {
        var values = new double[x.Shape.Count];
        for (var block = 0; block < values.Length; block += 32)
        {
            var part = x.AsSpan().Slice(block, 32);
            var largest = 0f;
            foreach (var value in part)
            {
                largest = MathF.Max(largest, MathF.Abs(value));
            }

            for (var i = 0; i < 32 && largest > 0; i++)
            {
                values[block + i] = MathF.Round(part[i] * (127f / largest)) * (largest / 127.0);
            }
        }

        return values;
    }
}
