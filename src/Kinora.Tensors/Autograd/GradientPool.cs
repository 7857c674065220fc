using System.Numerics;

namespace Kinora.Tensors.Autograd;

/// <summary>
/// Memory for the gradients of activations. Each is needed for a short while only, so a few buffers serve a whole model. Sizes are
/// rounded up to four steps per power of two, so that batches of unequal lengths find buffers that fit.
/// </summary>
internal sealed class GradientPool : IDisposable
{
    /// <summary>A buffer that so many steps had no use for is given back to the system.</summary>
    private const int StepsUnused = 8;

    private readonly Dictionary<long, Stack<Buffer>> free = [];
    private readonly Dictionary<Tensor, Buffer> inUse = new(ReferenceEqualityComparer.Instance);
    private long step;

    /// <summary>The bytes held, in use or not.</summary>
    public long Bytes { get; private set; }

    /// <summary>An uninitialised F32 tensor.</summary>
    public Tensor Take(Shape shape)
    {
        var size = RoundUp(Math.Max(16, shape.Count));
        if (!free.TryGetValue(size, out var stack))
        {
            free[size] = stack = new();
        }

        if (!stack.TryPop(out var buffer))
        {
            buffer = new(TensorMemory.Allocate(size * sizeof(float), zeroed: false), size);
            Bytes += buffer.Memory.Length;
        }

        buffer.LastStep = step;
        buffer.Tensor.Reset(shape, StorageFormat.F32, buffer.Memory, 0);
        inUse.Add(buffer.Tensor, buffer);
        return buffer.Tensor;
    }

    /// <summary>Takes a tensor back that <see cref="Take"/> gave.</summary>
    public void Return(Tensor tensor)
    {
        if (inUse.Remove(tensor, out var buffer))
        {
            free[buffer.Size].Push(buffer);
        }
    }

    /// <summary>Counts a step, takes everything back and gives memory back that hasn't been used for a while.</summary>
    public void EndStep()
    {
        foreach (var buffer in inUse.Values)
        {
            free[buffer.Size].Push(buffer);
        }

        inUse.Clear();
        step++;
        foreach (var stack in free.Values)
        {
            while (stack.TryPeek(out var buffer) && buffer.LastStep < step - StepsUnused)
            {
                Bytes -= buffer.Memory.Length;
                stack.Pop().Memory.Dispose();
            }
        }
    }

    public void Dispose()
    {
        EndStep();
        foreach (var buffer in free.Values.SelectMany(stack => stack))
        {
            buffer.Memory.Dispose();
        }

        free.Clear();
        Bytes = 0;
    }

    private static long RoundUp(long count)
    {
        var quarter = Math.Max(4, (long)BitOperations.RoundUpToPowerOf2((ulong)count) / 8);
        return (count + quarter - 1) / quarter * quarter;
    }

    private sealed class Buffer(TensorMemory memory, long size)
    {
        public TensorMemory Memory { get; } = memory;

        public long Size { get; } = size;

        public Tensor Tensor { get; } = new();

        public long LastStep { get; set; }
    }
}
