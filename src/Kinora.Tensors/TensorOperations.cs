using Kinora.Tensors.Autograd;
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

    /// <summary>Multiplications and additions of all matrix products and attention so far, forward and back.</summary>
    public double Flops { get; private set; }

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
        if (Records(from) || to.Learns)
        {
            throw new InvalidOperationException("A copy leaves no trace on the tape; use Place or Arrange, whose gradients are known.");
        }

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

        var records = Records(x, weight, bias);
        Flops += 2.0 * x.Shape.Rows * weight.Shape.Count;
        MatrixProduct.Run(kernels, pool, x.Floats, x.Shape.Rows, weight, bias is null ? null : bias.Floats, y.Floats, records ? Activation.None : activation);
        KeepAlive(x, weight, bias);
        if (!records)
        {
            return y;
        }

        x.Kept |= weight.Learns;
        Note(new() { Back = &LinearBack, Output = y, A = x, B = weight, C = bias });
        return activation == Activation.None ? y : Activate(y, activation);
    }

    /// <summary>Layer normalisation (Ba et al. 2016) along the last axis.</summary>
    public Tensor LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon)
    {
        Require(weight.Shape.Count == x.Shape.Last && bias.Shape.Count == x.Shape.Last, x, weight, "weight and bias must have one value per column");
        var y = Take(x.Shape);
        Run(new() { Operation = RowWork.Kind.LayerNorm, X = x.Floats, Weight = weight.Floats, Bias = bias.Floats, Y = y.Floats, Epsilon = epsilon }, x.Shape);
        KeepAlive(x, weight, bias);
        if (Records(x, weight, bias))
        {
            x.Kept = true;
            Note(new() { Back = &NormBack, Output = y, A = x, B = weight, C = bias, Factor = epsilon });
        }

        return y;
    }

    /// <summary>Root-mean-square normalisation (Zhang and Sennrich 2019) along the last axis.</summary>
    public Tensor RmsNorm(Tensor x, Tensor weight, float epsilon)
    {
        Require(weight.Shape.Count == x.Shape.Last, x, weight, "the weight must have one value per column");
        var y = Take(x.Shape);
        Run(new() { Operation = RowWork.Kind.RmsNorm, X = x.Floats, Weight = weight.Floats, Y = y.Floats, Epsilon = epsilon }, x.Shape);
        KeepAlive(x, weight);
        if (Records(x, weight))
        {
            x.Kept = true;
            Note(new() { Back = &NormBack, Output = y, A = x, B = weight, Factor = epsilon });
        }

        return y;
    }

    /// <summary>Softmax along the last axis. Takes the place of <paramref name="x"/> where no gradient needs it.</summary>
    public Tensor Softmax(Tensor x)
    {
        var records = Records(x);
        var y = InPlaceOf(x, records);
        Run(new() { Operation = RowWork.Kind.Softmax, X = x.Floats, Y = y.Floats }, y.Shape);
        KeepAlive(x);
        if (records)
        {
            y.Kept = true;
            Note(new() { Back = &SoftmaxBack, Output = y, A = x, InPlace = x == y });
        }

        return y;
    }

    /// <summary>The pointwise function. Takes the place of <paramref name="x"/> where no gradient needs it.</summary>
    public Tensor Activate(Tensor x, Activation activation)
    {
        var records = Records(x);
        x.Kept |= records;
        var y = InPlaceOf(x, records);
        Run(new() { Operation = RowWork.Kind.Activate, X = x.Floats, Y = y.Floats, Activation = activation }, y.Shape);
        KeepAlive(x);
        if (records)
        {
            Note(new() { Back = &ActivateBack, Output = y, A = x, Second = (int)activation });
        }

        return y;
    }

    /// <summary>silu(gate) * up, as in the gated MLP of Llama (Shazeer 2020). Takes the place of <paramref name="gate"/> where no gradient needs it.</summary>
    public Tensor SiluGate(Tensor gate, Tensor up)
    {
        Require(gate.Shape == up.Shape, gate, up, "the shapes must agree");
        var records = Records(gate, up);
        gate.Kept |= records;
        up.Kept |= records;
        var y = InPlaceOf(gate, records);
        Run(new() { Operation = RowWork.Kind.SiluGate, X = gate.Floats, Weight = up.Floats, Y = y.Floats }, gate.Shape);
        KeepAlive(gate, up);
        if (records)
        {
            Note(new() { Back = &SiluGateBack, Output = y, A = gate, B = up });
        }

        return y;
    }

    /// <summary>x + y. Takes the place of <paramref name="x"/> where no gradient needs it: the residual stream is added to where it lies.</summary>
    public Tensor Add(Tensor x, Tensor y)
    {
        Require(x.Shape.Count == y.Shape.Count && x.Shape.Last == y.Shape.Last, x, y, "the shapes must agree");
        var records = Records(x, y);
        var sum = x == y || (x.Kept && records && (y.Kept || !y.Learns)) ? Take(x.Shape)
            : records && (x.Kept || !x.Learns) && y.Learns && !y.Kept ? y
            : InPlaceOf(x, records);
        Run(new() { Operation = RowWork.Kind.Add, X = x.Floats, Weight = y.Floats, Y = sum.Floats }, x.Shape);
        KeepAlive(x, y);
        if (records)
        {
            Note(new() { Back = &AddBack, Output = sum, A = x, B = y, InPlace = sum == x || sum == y });
        }

        return sum;
    }

    /// <summary>Adds row r mod <paramref name="period"/> of <paramref name="table"/> to row r of x: learned positions of several frames. Takes the place of <paramref name="x"/> where no gradient needs it.</summary>
    public Tensor AddRepeated(Tensor x, Tensor table, int period)
    {
        Require(table.Shape.Last == x.Shape.Last && table.Shape.Rows >= period, x, table, "the table must have a row of the same length for each place");
        var records = Records(x, table);
        var y = InPlaceOf(x, records);
        Run(new() { Operation = RowWork.Kind.AddRepeated, X = x.Floats, Weight = table.Floats, Y = y.Floats, RowsPerPosition = period }, y.Shape);
        KeepAlive(x, table);
        if (records)
        {
            Note(new() { Back = &AddRepeatedBack, Output = y, A = x, B = table, Second = period, InPlace = x == y });
        }

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
