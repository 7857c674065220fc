namespace Kinora.Tensors;

/// <summary>
/// Numbers with a shape, in row-major order: owned memory, a view of another tensor's, or bytes of a mapped file.
/// </summary>
/// <remarks>The last axis is contiguous. Reading is thread-safe; nothing else is.</remarks>
public sealed unsafe class Tensor : IDisposable
{
    private TensorMemory? memory;
    private byte* start;
    private readonly bool owned;

    /// <summary>A tensor over bytes that somebody else owns, a mapped file for instance.</summary>
    /// <param name="shape">The extents.</param>
    /// <param name="format">How the numbers are stored.</param>
    /// <param name="memory">Where they lie; kept alive by this tensor but not disposed by it.</param>
    /// <param name="offset">The first byte within <paramref name="memory"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tensor reaches beyond the memory.</exception>
    public Tensor(Shape shape, StorageFormat format, TensorMemory memory, long offset = 0)
    {
        ArgumentNullException.ThrowIfNull(memory);
        Reset(shape, format, memory, offset);
    }

    internal Tensor()
    {
    }

    internal Tensor(Shape shape, StorageFormat format, TensorMemory memory, bool owned)
        : this(shape, format, memory)
        => this.owned = owned;

    /// <summary>The extents, outermost first.</summary>
    public Shape Shape { get; private set; }

    /// <summary>How the numbers are stored.</summary>
    public StorageFormat Format { get; private set; }

    /// <summary>The bytes that the numbers take.</summary>
    public long Bytes => Format.Bytes(Shape);

    /// <summary>The first byte. Valid while this object is alive and not disposed.</summary>
    public byte* Pointer => start;

    /// <summary>The numbers of an F32 tensor as a raw pointer, for kernels.</summary>
    /// <exception cref="InvalidOperationException">Another format.</exception>
    public float* Floats => Format == StorageFormat.F32
        ? (float*)start
        : throw new InvalidOperationException($"A tensor stored as {Format} has no float32 values to point to; convert it first.");

    /// <summary>Whether the loss's gradient with respect to these values is wanted: a parameter that learns, or something computed from one.</summary>
    public bool Learns { get; internal set; }

    /// <summary>The loss's gradient with respect to these values, summed up since it was last forgotten; null where going back hasn't come by, which is not the same as zeros.</summary>
    public Tensor? Gradient { get; internal set; }

    /// <summary>Where the gradient of a parameter lies; what lies there before going back has come by means nothing.</summary>
    internal Tensor? GradientHome { get; private set; }

    /// <summary>Whether going back will read the values, so that they mustn't be overwritten.</summary>
    internal bool Kept { get; set; }

    /// <summary>A new tensor that owns its memory.</summary>
    /// <param name="shape">The extents.</param>
    /// <param name="format">How the numbers are stored.</param>
    /// <param name="zeroed">Whether it starts with zeros; if not, with anything.</param>
    public static Tensor Allocate(Shape shape, StorageFormat format = StorageFormat.F32, bool zeroed = true)
        => new(shape, format, TensorMemory.Allocate(format.Bytes(shape), zeroed), owned: true);

    /// <summary>A tensor that has a shape and a format but no values, for a <see cref="Planning.DryRun"/>; reading it ends the program.</summary>
    public static Tensor WithoutMemory(Shape shape, StorageFormat format = StorageFormat.F32) => new(shape, format, new NoMemory(format.Bytes(shape)));

    /// <summary>A new F32 tensor holding a copy of the values.</summary>
    /// <exception cref="ArgumentException">The number of values isn't that of the shape.</exception>
    public static Tensor From(ReadOnlySpan<float> values, Shape shape)
    {
        if (values.Length != shape.Count)
        {
            throw new ArgumentException($"{values.Length} values don't fill the shape {shape}.", nameof(values));
        }

        var tensor = Allocate(shape);
        values.CopyTo(tensor.AsSpan());
        return tensor;
    }

    /// <summary>The values of an F32 tensor.</summary>
    /// <exception cref="InvalidOperationException">Another format.</exception>
    /// <exception cref="OverflowException">More values than a span can hold.</exception>
    public Span<float> AsSpan() => new(Floats, checked((int)Shape.Count));

    /// <summary>The values of one row of an F32 tensor (all axes but the last counted together).</summary>
    public Span<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Shape.Rows, nameof(row));
        return new Span<float>(Floats + ((long)row * Shape.Last), Shape.Last);
    }

    /// <summary>The same numbers under another shape of the same count; not for quantised formats unless the last axis stays.</summary>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public Tensor Reshape(Shape shape)
    {
        if (shape.Count != Shape.Count || (Format.IsQuantised() && shape.Last != Shape.Last))
        {
            throw new ArgumentException($"A tensor of shape {Shape} stored as {Format} can't be seen as {shape}.", nameof(shape));
        }

        return View(0, shape);
    }

    /// <summary>A view of consecutive rows (all axes but the last counted together), shaped [count, last].</summary>
    public Tensor Rows(int first, int count)
    {
        RequireWholeGroups(first);
        if (first < 0 || count < 0 || count > Shape.Rows - first)
        {
            throw new ArgumentOutOfRangeException(nameof(first), $"Rows {first} to {first + count} of a tensor with {Shape.Rows} rows.");
        }

        return View(first * Format.RowBytes(Shape.Last), new Shape(count, Shape.Last));
    }

    /// <summary>A view of consecutive entries of the first axis, the other axes unchanged.</summary>
    public Tensor Slice(int first, int count)
    {
        Span<int> extents = stackalloc int[Shape.Rank];
        for (var axis = 0; axis < extents.Length; axis++)
        {
            extents[axis] = Shape[axis];
        }

        RequireWholeGroups(first * Shape.Rows / Math.Max(1, extents[0]));
        if (first < 0 || count < 0 || count > extents[0] - first)
        {
            throw new ArgumentOutOfRangeException(nameof(first), $"Entries {first} to {first + count} of a tensor of shape {Shape}.");
        }

        if (Shape.Rank == 1 && Format.IsQuantised())
        {
            throw new ArgumentException($"A row stored as {Format} can't be cut into pieces.", nameof(first));
        }

        var offset = Shape.Rank == 1 ? Bytes / Math.Max(1, extents[0]) * first : Format.RowBytes(Shape.Last) * (Shape.Rows / Math.Max(1, extents[0])) * first;
        extents[0] = count;
        return View(offset, new Shape(extents));
    }

    /// <summary>Makes this a parameter: a <see cref="Autograd.Tape"/> will find the gradient and sum it up in the given memory.</summary>
    /// <param name="gradient">As many F32 values as this tensor has; often a piece of a bucket that holds many gradients.</param>
    /// <exception cref="ArgumentException">Another number of values, or this tensor isn't F32.</exception>
    public void Learn(Tensor gradient)
    {
        if (Format != StorageFormat.F32 || gradient.Format != StorageFormat.F32 || gradient.Shape.Count != Shape.Count)
        {
            throw new ArgumentException($"A tensor of shape {Shape} stored as {Format} can't have a gradient of shape {gradient.Shape} stored as {gradient.Format}.", nameof(gradient));
        }

        (Learns, Kept, GradientHome, Gradient) = (true, true, gradient, null);
    }

    /// <summary>Makes this a frozen tensor again.</summary>
    public void Freeze() => (Learns, Kept, GradientHome, Gradient) = (false, false, null, null);

    /// <summary>Lets the next gradient begin anew.</summary>
    public void ForgetGradient() => Gradient = null;

    /// <summary>Gives owned memory back; a view or a mapped tensor only forgets where it lay.</summary>
    public void Dispose()
    {
        if (owned)
        {
            memory?.Dispose();
        }

        memory = null;
        start = null;
    }

    internal void Reset(Shape shape, StorageFormat format, TensorMemory memory, long offset)
    {
        if (offset < 0 || format.Bytes(shape) > memory.Length - offset)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"A tensor {shape} of {format.Bytes(shape)} bytes at {offset} reaches beyond {memory.Length} bytes.");
        }

        Shape = shape;
        Format = format;
        this.memory = memory;
        start = memory.Pointer + offset;
    }

    private void RequireWholeGroups(long firstRow)
    {
        if (Format.IsGrouped() && firstRow % StorageFormats.GroupRows != 0)
        {
            throw new ArgumentException($"Rows of {Format} lie in groups of {StorageFormats.GroupRows}; a view can't begin at row {firstRow}.", nameof(firstRow));
        }
    }

    private Tensor View(long offset, Shape shape)
        => new(shape, Format, memory ?? throw new ObjectDisposedException(nameof(Tensor)), start - memory.Pointer + offset);
}
