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
                StorageFormat.Q4_0 => (double)*(Half*)(tensor.Pointer + (block * 18)) * (((tensor.Pointer[(block * 18) + 2 + (place % 16)] >> (place < 16 ? 0 : 4)) & 15) - 8),
                _ => throw new InvalidOperationException(),
            };
        }

        return values;
    }
}
