namespace Kinora.Tensors.Threading;

/// <summary>A buffer per thread that kernels use within one chunk; it grows when needed and stays.</summary>
internal sealed unsafe class ThreadScratch
{
    [ThreadStatic]
    private static ThreadScratch? inner;

    [ThreadStatic]
    private static ThreadScratch? outer;

    [ThreadStatic]
    private static ThreadScratch? ofMatrix;

    private TensorMemory? memory;

    /// <summary>The buffer that a chunk may use from its first to its last instruction.</summary>
    public static ThreadScratch OfChunk => inner ??= new();

    /// <summary>The buffer that a caller shares with the chunks that it starts.</summary>
    public static ThreadScratch OfCaller => outer ??= new();

    /// <summary>The buffer of a chunk that starts products of its own, which use both others.</summary>
    public static ThreadScratch OfMatrix => ofMatrix ??= new();

    /// <summary>Bytes kept.</summary>
    public long Bytes => memory?.Length ?? 0;

    /// <summary>At least <paramref name="count"/> floats, 64-byte aligned, with whatever lay there before.</summary>
    public float* Floats(long count)
    {
        var bytes = checked(count * sizeof(float));
        if (memory is null || memory.Length < bytes)
        {
            memory?.Dispose();
            memory = null;
            memory = TensorMemory.Allocate(bytes, zeroed: false);
        }

        return (float*)memory.Pointer;
    }
}
