using Kinora.Tensors.Kernels;
using Kinora.Tensors.Operations;
using Kinora.Tensors.Planning;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors;

/// <summary>
/// What models are made of. Each operation checks shapes, chooses the kernel by storage format and instruction set, and puts its
/// result into the workspace. Models know nothing below this class.
/// </summary>
/// <remarks>One instance serves one thread at a time; several may share a <see cref="WorkerPool"/>.</remarks>
public sealed unsafe partial class TensorOperations : IDisposable
{
    private readonly KernelSet kernels;
    private readonly WorkerPool pool;
    private readonly Workspace workspace;
    private readonly DryRun? dry;

    /// <summary>Makes operations that compute nothing: they check shapes, and write down what they would have done and needed.</summary>
    /// <param name="dryRun">Where it is written down.</param>
    public TensorOperations(DryRun dryRun)
        : this()
        => (dry, workspace) = (dryRun, new Workspace(new NoMemory(long.MaxValue)));

    /// <summary>Makes operations for this machine.</summary>
    /// <param name="pool">The threads; by default one per processor.</param>
    /// <param name="instructionSet">A slower instruction set than the best, for tests and measurements.</param>
    /// <exception cref="PlatformNotSupportedException">This processor lacks the instruction set.</exception>
    public TensorOperations(WorkerPool? pool = null, InstructionSet? instructionSet = null)
    {
        this.pool = pool ?? WorkerPool.Shared;
        workspace = new Workspace();
        kernels = instructionSet is null ? KernelSet.Best : KernelSet.Supported.FirstOrDefault(set => set.InstructionSet == instructionSet)
            ?? throw new PlatformNotSupportedException($"This processor has no {instructionSet} instructions.");
    }

    /// <summary>The instruction sets that this processor can run, slowest first.</summary>
    public static IReadOnlyList<InstructionSet> Supported { get; } = [.. KernelSet.Supported.Select(set => set.InstructionSet)];

    /// <summary>The instruction set in use.</summary>
    public InstructionSet InstructionSet => kernels.InstructionSet;

    /// <summary>The threads in use, the caller counted.</summary>
    public int Threads => pool.Threads;

    /// <summary>Whether nothing is computed, so that results have no values to look at.</summary>
    public bool IsDry => dry is not null;

    /// <summary>The memory that activations lie in.</summary>
    public Workspace Workspace => workspace;

    /// <summary>Ends long computations: looked at before every linear layer.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Sees intermediate results by name, for verification; null costs nothing. Tensors are valid during the call only.</summary>
    public Action<string, Tensor>? Observer { get; set; }

    /// <summary>Shows a tensor to the observer, if there is one, and returns it.</summary>
    public Tensor Observe(string name, Tensor tensor)
    {
        Observer?.Invoke(name, tensor);
        return tensor;
    }

    /// <summary>Begins a stretch whose results are given back at its end.</summary>
    public Workspace.Frame Begin() => workspace.Begin();

    /// <summary>An uninitialised F32 tensor of the workspace.</summary>
    public Tensor New(params ReadOnlySpan<int> extents) => Take(new Shape(extents));

    /// <summary>A tensor that outlives the workspace's frames, uninitialised and owned by the caller.</summary>
    public Tensor Allocate(Shape shape, StorageFormat format = StorageFormat.F32)
        => IsDry ? Tensor.WithoutMemory(shape, format) : Tensor.Allocate(shape, format, zeroed: false);

    /// <summary>Copies the values of an F32 tensor into another of as many.</summary>
    public void Copy(Tensor from, Tensor to)
    {
        Require(from.Shape.Count == to.Shape.Count, from, to, "a copy must have as many values");
        if (dry is null)
        {
            from.AsSpan().CopyTo(to.AsSpan());
        }

        dry?.Rows(from.Shape.Count);
        KeepAlive(from, to);
    }

    /// <summary>activation(x weight^T + bias).</summary>
    /// <param name="x">[..., inputs].</param>
    /// <param name="weight">[outputs, inputs] in any storage format.</param>
    /// <param name="bias">[outputs], F32, or null.</param>
    /// <param name="activation">Applied to each result.</param>
    /// <returns>[rows of x, outputs].</returns>
    public Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null, Activation activation = Activation.None)
    {
        Cancellation.ThrowIfCancellationRequested();
        var outputs = weight.Shape.Rows;
        Require(x.Shape.Last == weight.Shape.Last, x, weight, "the last axes must agree");
        Require(bias is null || bias.Shape.Count == outputs, x, weight, "the bias must have one value per output");
        var y = New(x.Shape.Rows, outputs);
        if (dry is not null)
        {
            dry.Product(kernels, x.Shape.Rows, weight);
            return y;
        }

        MatrixProduct.Run(kernels, pool, x.Floats, x.Shape.Rows, weight, bias is null ? null : bias.Floats, y.Floats, activation);
        KeepAlive(x, weight, bias);
        return y;
    }

    /// <summary>Layer normalisation (Ba et al. 2016) along the last axis.</summary>
    public Tensor LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon)
    {
        Require(weight.Shape.Count == x.Shape.Last && bias.Shape.Count == x.Shape.Last, x, weight, "weight and bias must have one value per column");
        var y = Take(x.Shape);
        Run(new() { Operation = RowWork.Kind.LayerNorm, X = x.Floats, Weight = weight.Floats, Bias = bias.Floats, Y = y.Floats, Epsilon = epsilon }, x.Shape);
        KeepAlive(x, weight, bias);
        return y;
    }

    /// <summary>Root-mean-square normalisation (Zhang and Sennrich 2019) along the last axis.</summary>
    public Tensor RmsNorm(Tensor x, Tensor weight, float epsilon)
    {
        Require(weight.Shape.Count == x.Shape.Last, x, weight, "the weight must have one value per column");
        var y = Take(x.Shape);
        Run(new() { Operation = RowWork.Kind.RmsNorm, X = x.Floats, Weight = weight.Floats, Y = y.Floats, Epsilon = epsilon }, x.Shape);
        KeepAlive(x, weight);
        return y;
    }

    /// <summary>Softmax along the last axis. Takes the place of <paramref name="x"/>.</summary>
    public Tensor Softmax(Tensor x)
    {
        Run(new() { Operation = RowWork.Kind.Softmax, X = x.Floats }, x.Shape);
        return x;
    }

    /// <summary>The pointwise function. Takes the place of <paramref name="x"/>.</summary>
    public Tensor Activate(Tensor x, Activation activation)
    {
        Run(new() { Operation = RowWork.Kind.Activate, X = x.Floats, Activation = activation }, x.Shape);
        return x;
    }

    /// <summary>silu(gate) * up, as in the gated MLP of Llama (Shazeer 2020). Takes the place of <paramref name="gate"/>.</summary>
    public Tensor SiluGate(Tensor gate, Tensor up)
    {
        Require(gate.Shape == up.Shape, gate, up, "the shapes must agree");
        Run(new() { Operation = RowWork.Kind.SiluGate, X = gate.Floats, Weight = up.Floats, Y = gate.Floats }, gate.Shape);
        KeepAlive(up);
        return gate;
    }

    /// <summary>x + y. Takes the place of <paramref name="x"/>: the residual stream is added to where it lies.</summary>
    public Tensor Add(Tensor x, Tensor y)
    {
        Require(x.Shape.Count == y.Shape.Count && x.Shape.Last == y.Shape.Last, x, y, "the shapes must agree");
        Run(new() { Operation = RowWork.Kind.Add, X = x.Floats, Weight = y.Floats, Y = x.Floats }, x.Shape);
        KeepAlive(y);
        return x;
    }

    /// <summary>Adds row r mod <paramref name="period"/> of <paramref name="table"/> to row r of x: learned positions of several frames. Takes the place of <paramref name="x"/>.</summary>
    public Tensor AddRepeated(Tensor x, Tensor table, int period)
    {
        Require(table.Shape.Last == x.Shape.Last && table.Shape.Rows >= period, x, table, $"the table must have {period} rows of the same length");
        Run(new() { Operation = RowWork.Kind.AddRepeated, X = x.Floats, Weight = table.Floats, Y = x.Floats, RowsPerPosition = period }, x.Shape);
        KeepAlive(table);
        return x;
    }

    /// <summary>Turns all heads of each row by its rotary position. Takes the place of <paramref name="x"/>.</summary>
    /// <param name="x">[positions, heads * headSize].</param>
    /// <param name="table">The angles.</param>
    /// <param name="firstPosition">The position of row 0; the next rows follow.</param>
    public Tensor Rotate(Tensor x, RotaryTable table, int firstPosition)
    {
        if (x.Shape.Last % table.HeadSize != 0)
        {
            throw new ArgumentException($"Rows of {x.Shape.Last} values aren't whole heads of {table.HeadSize}.", nameof(x));
        }

        if (dry is not null)
        {
            dry.Rows(x.Shape.Count);
            return x;
        }

        table.Reserve(firstPosition + x.Shape.Rows);
        var half = table.HeadSize / 2;
        var start = (long)firstPosition * half;
        Run(new() { Operation = RowWork.Kind.Rotate, X = x.Floats, Weight = table.Cosines.Floats + start, Bias = table.Sines.Floats + start, Heads = x.Shape.Last / table.HeadSize }, x.Shape);
        GC.KeepAlive(table);
        return x;
    }

    /// <summary>The rows of <paramref name="table"/> with these numbers, widened: [ids, width].</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number that the table hasn't.</exception>
    public Tensor Embed(ReadOnlySpan<int> ids, Tensor table)
    {
        var y = New(ids.Length, table.Shape.Last);
        for (var i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)table.Shape.Rows)
            {
                throw new ArgumentOutOfRangeException(nameof(ids), $"Token id {ids[i]} is outside the embedding table, which has {table.Shape.Rows} rows.");
            }

            if (dry is null)
            {
                StorageConversion.Widen(kernels, table.Format, table.Pointer, ids[i], table.Shape.Last, y.Floats + ((long)i * table.Shape.Last));
            }
        }

        KeepAlive(table);

        return y;
    }

    /// <summary>Cuts pictures into square patches: the rows that a patch convolution multiplies.</summary>
    /// <param name="pixels">[frames, channels, height, width].</param>
    /// <param name="patchSize">Side of a patch. What is left at the right and at the bottom belongs to no patch, as in a strided convolution.</param>
    /// <returns>[frames * patches, channels * patchSize * patchSize], patches row by row, values channel by channel.</returns>
    public Tensor Patches(Tensor pixels, int patchSize)
    {
        var (frames, channels, height, width) = (pixels.Shape[0], pixels.Shape[1], pixels.Shape[2], pixels.Shape[3]);
        if (patchSize < 1 || height < patchSize || width < patchSize)
        {
            throw new ArgumentException($"Pictures of {width}x{height} can't be cut into patches of {patchSize}.", nameof(pixels));
        }

        var (rows, columns) = (height / patchSize, width / patchSize);
        var y = New(frames * rows * columns, channels * patchSize * patchSize);
        if (dry is not null)
        {
            dry.Rows(y.Shape.Count);
            return y;
        }

        var target = y.Floats;
        for (var patch = 0; patch < frames * rows * columns; patch++)
        {
            var (frame, row, column) = (patch / (rows * columns), patch / columns % rows, patch % columns);
            for (var channel = 0; channel < channels; channel++)
            {
                for (var line = 0; line < patchSize; line++)
                {
                    var source = pixels.Floats + (((((long)frame * channels) + channel) * height) + (row * patchSize) + line) * width + (column * patchSize);
                    new ReadOnlySpan<float>(source, patchSize).CopyTo(new Span<float>(target, patchSize));
                    target += patchSize;
                }
            }
        }

        KeepAlive(pixels);
        return y;
    }

    /// <summary>Gives the workspace back.</summary>
    public void Dispose() => workspace.Dispose();

    /// <summary>Kernels hold raw pointers: without this the collector may free the memory of a tensor whose last use is the operation at hand.</summary>
    private static void KeepAlive(Tensor first, Tensor? second = null, Tensor? third = null)
    {
        GC.KeepAlive(first);
        GC.KeepAlive(second);
        GC.KeepAlive(third);
    }

    private static void Require(bool condition, Tensor left, Tensor right, string rule)
    {
        if (!condition)
        {
            throw new ArgumentException($"Tensors of shapes {left.Shape} and {right.Shape} don't fit: {rule}.");
        }
    }

    private Tensor Take(Shape shape)
    {
        var tensor = workspace.Take(shape);
        dry?.InUse(workspace.InUse);
        return tensor;
    }

    private void Run(RowWork work, Shape shape)
    {
        if (dry is not null)
        {
            dry.Rows(shape.Count);
            return;
        }

        work.KernelIndex = kernels.Index;
        (work.Rows, work.Length) = (shape.Rows, shape.Last);
        RowWork.Run(pool, work);
    }
}
