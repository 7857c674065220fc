using System.Numerics;

namespace Kinora.Tensors.Autograd;

/// <summary>
/// Memory for the gradients of activations. Each is needed for a short while only, so a few buffers serve a whole model. A request gets
/// the smallest free one that holds it; if none does, the largest free one grows. So there are never more buffers than gradients at a
/// time, none ever shrinks, and batches of unequal lengths soon find all that they need.
/// </summary>
internal sealed class GradientPool : IDisposable
{
    private readonly List<Buffer> free = []; // by size, the smallest first
    private readonly Dictionary<Tensor, Buffer> inUse = new(ReferenceEqualityComparer.Instance);

    /// <summary>The bytes held, in use or not.</summary>
    public long Bytes { get; private set; }

    /// <summary>An uninitialised F32 tensor.</summary>
    public Tensor Take(Shape shape)
    {
        var place = FirstOf(shape.Count);
        var grows = place == free.Count;
        var buffer = free.Count == 0 ? new Buffer() : free[grows ? place - 1 : place];
        free.Remove(buffer);
        if (grows)
        {
            Bytes -= buffer.Bytes;
            buffer.Grow(RoundUp(shape.Count));
            Bytes += buffer.Bytes;
        }

        buffer.Tensor.Reset(shape, StorageFormat.F32, buffer.Memory!, 0);
        inUse.Add(buffer.Tensor, buffer);
        return buffer.Tensor;
    }

    /// <summary>Takes a tensor back that <see cref="Take"/> gave.</summary>
    public void Return(Tensor tensor)
    {
        if (inUse.Remove(tensor, out var buffer))
        {
            free.Insert(FirstOf(buffer.Size), buffer);
        }
    }

    /// <summary>Takes everything back.</summary>
    public void ReturnAll()
    {
        foreach (var buffer in inUse.Values)
        {
            free.Insert(FirstOf(buffer.Size), buffer);
        }

        inUse.Clear();
    }

    public void Dispose()
    {
        ReturnAll();
        free.ForEach(buffer => buffer.Memory?.Dispose());
        free.Clear();
        Bytes = 0;
    }

    /// <summary>The place of the first free buffer that holds so many values.</summary>
    private int FirstOf(long count)
    {
        var place = 0;
        while (place < free.Count && free[place].Size < count)
        {
            place++;
        }

        return place;
    }

    /// <summary>Four steps per power of two: lengths that grow by a little don't make a buffer grow each time.</summary>
    private static long RoundUp(long count)
    {
        var quarter = Math.Max(4, (long)BitOperations.RoundUpToPowerOf2((ulong)count) / 8);
        return (count + quarter - 1) / quarter * quarter;
    }

    private sealed class Buffer
    {
        public TensorMemory? Memory { get; private set; }

        public long Size { get; private set; }

        public long Bytes => Memory?.Length ?? 0;

        public Tensor Tensor { get; } = new();

        public void Grow(long size)
        {
            // Given back first, so that both are never there together.
            Memory?.Dispose();
            Memory = TensorMemory.Allocate(size * sizeof(float), zeroed: false);
            Size = size;
        }
    }
}
