using Kinora.Tensors.Kernels;
using Kinora.Tensors.Operations;

namespace Kinora.Tensors.Planning;

/// <summary>
/// Finds what a computation would need by going through it without memory and without arithmetic: the model's own code runs on
/// tensors that have shapes only (<see cref="Tensor.WithoutMemory"/>), and its operations write down what they would have done.
/// So a plan can't disagree with the model it plans for.
/// </summary>
public sealed class DryRun
{
    private readonly List<int[]> numbers = [];
    private Dictionary<(WorkKind Kind, StorageFormat Format), Work> work = [];
    private long workspace;
    private long shared;
    private long perThread;

    /// <summary>What was needed since the last call.</summary>
    /// <param name="threads">Threads that will compute.</param>
    public ComputeNeeds Take(int threads)
    {
        var needs = new ComputeNeeds(workspace, shared + (perThread * threads), work);
        (work, workspace, shared, perThread) = ([], 0, 0, 0);
        return needs;
    }

    /// <summary>Whole numbers that are no activations but say how rows divide: they are there in a dry run as well.</summary>
    internal unsafe int* Numbers(int count)
    {
        numbers.Add(GC.AllocateArray<int>(count, pinned: true));
        return (int*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(numbers[^1]));
    }

    internal void InUse(long bytes) => workspace = Math.Max(workspace, bytes);

    internal void Product(KernelSet kernels, int rows, Tensor weight)
    {
        var few = rows < MatrixProduct.FewestPackedRows;
        Add(few ? WorkKind.FewRows : WorkKind.Product, weight.Format, new Work(2.0 * rows * weight.Shape.Count, weight.Bytes));
        if (weight.Format.IsGrouped())
        {
            shared = Math.Max(shared, ByteProduct.ScratchBytes(rows, weight.Shape.Last));
            perThread = Math.Max(perThread, sizeof(float) * ByteProduct.ChunkScratchFloats(rows, weight.Shape.Last));
        }
        else if (!few)
        {
            shared = Math.Max(shared, sizeof(float) * PackedProduct.ScratchFloats(kernels, rows, weight.Shape.Rows, weight.Shape.Last));
            perThread = Math.Max(perThread, sizeof(float) * PackedProduct.ChunkScratchFloats(kernels));
        }
    }

    internal void Attention(in AttentionArguments arguments, bool cached, bool few)
    {
        var (seen, keys) = (0.0, 0.0);
        for (var sequence = 0; sequence < arguments.Sequences; sequence++)
        {
            // Of the causal triangle only what is seen counts.
            var queries = arguments.QueriesOf(sequence);
            seen += 0.5 * (arguments.Visible(sequence, 0) + arguments.Visible(sequence, queries - 1)) * queries;
            keys += arguments.KeysOf(sequence);
        }

        var flops = 4.0 * seen * arguments.Heads * arguments.HeadSize;
        var bytes = 2.0 * keys * arguments.KeyValueHeads * arguments.Format.RowBytes(arguments.HeadSize);
        Add(few ? WorkKind.FewQueries : WorkKind.Attention, arguments.Format, new Work(flops, bytes));
        perThread = Math.Max(perThread, sizeof(float) * (cached ? BlockAttention.ScratchFloats(arguments) : SequenceAttention.ScratchFloats(arguments)));
    }

    internal void Rows(long values) => Add(WorkKind.RowByRow, StorageFormat.F32, new Work(0, 2.0 * sizeof(float) * values));

    private void Add(WorkKind kind, StorageFormat format, Work amount) => work[(kind, format)] = work.GetValueOrDefault((kind, format)) + amount;
}
