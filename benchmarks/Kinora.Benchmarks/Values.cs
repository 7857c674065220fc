using Kinora.Tensors;

namespace Kinora.Benchmarks;

/// <summary>Random numbers from -1 to 1.</summary>
internal static class Values
{
    public static Tensor Random(params int[] shape)
    {
        var random = new Random(1);
        var tensor = Tensor.Allocate(new Shape(shape));
        foreach (ref var value in tensor.AsSpan())
        {
            value = (random.NextSingle() * 2) - 1;
        }

        return tensor;
    }

    public static Tensor Random(StorageFormat format, params int[] shape)
    {
        using var plain = Random(shape);
        return StorageConversion.Convert(plain, format);
    }
}
