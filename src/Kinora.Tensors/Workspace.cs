namespace Kinora.Tensors;

/// <summary>
/// Where activations live: a stack of memory that grows once and is used again, so that a decoding step allocates nothing.
/// Tensors taken inside a <see cref="Frame"/> are gone when it ends.
/// </summary>
public sealed class Workspace : IDisposable
{
    private const long FirstChunk = 1 << 20;
    private const long Alignment = 64;

    private readonly List<TensorMemory> chunks = [];
    private readonly List<Tensor> tensors = [];
    private int chunk;
    private long offset;
    private int used;

    /// <summary>Makes an empty one.</summary>
    public Workspace()
    {
    }

    /// <summary>One that hands out tensors without memory and only counts.</summary>
    internal Workspace(NoMemory endless) => chunks.Add(endless);

    /// <summary>How many operations have been recorded: what a frame holds must stay if some were recorded within it.</summary>
    internal long Recorded { get; set; }

    /// <summary>The bytes in use, where memory is one piece.</summary>
    internal long InUse => offset;

    /// <summary>The bytes held, in use or not.</summary>
    public long Capacity { get; private set; }

    /// <summary>Makes one piece of this size the whole memory, if nothing is in use: growing piece by piece leaves ends that fit nothing.</summary>
    public void Reserve(long bytes)
    {
        if (Capacity < bytes && used == 0)
        {
            Dispose();
            chunks.Add(TensorMemory.Allocate(bytes, zeroed: false));
            Capacity = bytes;
        }
    }

    /// <summary>An uninitialised tensor that lives until the innermost frame ends.</summary>
    public Tensor Take(Shape shape, StorageFormat format = StorageFormat.F32)
    {
        var bytes = (format.Bytes(shape) + Alignment - 1) / Alignment * Alignment;
        while (chunk < chunks.Count && offset + bytes > chunks[chunk].Length)
        {
            chunk++;
            offset = 0;
        }

        if (chunk == chunks.Count)
        {
            var size = Math.Max(bytes, Math.Max(FirstChunk, Capacity));
            chunks.Add(TensorMemory.Allocate(size, zeroed: false));
            Capacity += size;
            offset = 0;
        }

        if (used == tensors.Count)
        {
            tensors.Add(new Tensor());
        }

        var tensor = tensors[used++];
        tensor.Freeze();
        tensor.Reset(shape, format, chunks[chunk], offset);
        offset += bytes;
        return tensor;
    }

    /// <summary>Begins a frame; disposing it gives back everything taken since, unless an operation was recorded on a tape meanwhile.</summary>
    public Frame Begin() => new(this);

    /// <summary>Gives all memory back.</summary>
    public void Dispose()
    {
        foreach (var memory in chunks)
        {
            memory.Dispose();
        }

        chunks.Clear();
        (chunk, offset, used, Capacity) = (0, 0, 0, 0);
    }

    /// <summary>A stretch of time whose tensors are given back together.</summary>
    public readonly ref struct Frame
    {
        private readonly Workspace workspace;
        private readonly int chunk;
        private readonly long offset;
        private readonly int used;
        private readonly long recorded;

        internal Frame(Workspace workspace)
        {
            (this.workspace, recorded) = (workspace, workspace.Recorded);
            (chunk, offset, used) = (workspace.chunk, workspace.offset, workspace.used);
        }

        /// <summary>Gives back what was taken since the frame began, if nothing was recorded.</summary>
        public void Dispose()
        {
            if (workspace.Recorded == recorded)
            {
                Release();
            }
        }

        /// <summary>Gives back what was taken since the frame began, whatever was recorded: the tape is done with it.</summary>
        internal void Release() => (workspace.chunk, workspace.offset, workspace.used) = (chunk, offset, used);
    }
}
