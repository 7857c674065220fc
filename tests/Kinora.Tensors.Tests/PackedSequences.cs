using Kinora.Tensors.Kernels;
using Kinora.Tensors.Operations;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Tests;

/// <summary>Random queries, keys and values of sequences of unequal length, and what kernels make of them.</summary>
internal sealed unsafe class PackedSequences : IDisposable
{
    private readonly Tensor starts;

    public PackedSequences(Random random, int[] lengths, int heads, int keyHeads, int size, bool causal)
    {
        var places = new int[lengths.Length + 1];
        for (var i = 0; i < lengths.Length; i++)
        {
            places[i + 1] = places[i] + lengths[i];
        }

        Reference = new(places, heads, keyHeads, size, causal);
        starts = Tensor.Allocate(new Shape(places.Length));
        places.CopyTo(new Span<int>(starts.Pointer, places.Length));
        var rows = places[^1];
        (Query, Key, Value) = (Numbers.Random(random, rows, heads * size), Numbers.Random(random, rows, keyHeads * size), Numbers.Random(random, rows, keyHeads * size));
        (Output, LogSums) = (Tensor.Allocate(Query.Shape), Tensor.Allocate(new Shape(rows, heads)));
    }

    public AttentionReference Reference { get; }

    public Tensor Query { get; }

    public Tensor Key { get; }

    public Tensor Value { get; }

    public Tensor Output { get; }

    public Tensor LogSums { get; }

    public AttentionArguments Arguments(KernelSet kernels) => new()
    {
        Query = Query.Floats,
        Output = Output.Floats,
        QueryStride = Query.Shape.Last,
        Keys = Key.Pointer,
        Values = Value.Pointer,
        Format = StorageFormat.F32,
        KeyStride = Key.Shape.Last * sizeof(float),
        KeyHeadStride = Reference.Size * sizeof(float),
        Sequences = Reference.Starts.Length - 1,
        Heads = Reference.Heads,
        KeyValueHeads = Reference.KeyHeads,
        HeadSize = Reference.Size,
        Causal = Reference.Causal,
        Scale = 1f / MathF.Sqrt(Reference.Size),
        KernelIndex = kernels.Index,
        Starts = (int*)starts.Pointer,
        QueryStarts = (int*)starts.Pointer,
        LogSums = LogSums.Floats,
    };

    public void Attend(KernelSet kernels, WorkerPool pool) => SequenceAttention.Run(pool, Arguments(kernels));

    public override string ToString() => Reference + ": " + string.Join(",", Reference.Starts);

    public void Dispose()
    {
        foreach (var tensor in new[] { starts, Query, Key, Value, Output, LogSums })
        {
            tensor.Dispose();
        }
    }
}
