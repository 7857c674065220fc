using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>
/// Going backward through attention: scores are computed again, block by block, and become weights by the sums of exponentials that
/// the forward pass kept (Dao et al., FlashAttention, 2022, algorithm 4), so that no square matrix is kept. A chunk owns what it writes:
/// a key head of a sequence, or a part of the query rows that share it, whose sums are then added in order. The number of threads
/// changes no bit.
/// </summary>
/// <remarks>
/// Scores lie in panels as wide as a tile, [keys / TileColumns][rows][TileColumns]: so they are the right side of a product as they are,
/// and gradients of keys and values, summed the other way round as [size, keys], need no packing but that of queries.
/// </remarks>
internal unsafe struct AttentionGradient : IParallelWork
{
    private AttentionGradientArguments arguments;
    private AttentionGradientSums sums;

    /// <summary>Computes the gradients of queries, keys and values; what was in their place is overwritten.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="arguments">What to start from; Queries and KeyCount are taken from Starts, if there are any.</param>
    public static void Run(WorkerPool pool, AttentionGradientArguments arguments)
    {
        arguments.Forward.FindLongest();
        var work = new AttentionGradient { arguments = arguments, sums = AttentionGradientSums.For(arguments) };
        pool.Run(arguments.Forward.Sequences * arguments.Forward.KeyValueHeads * arguments.MostParts, ref work);
        pool.Run(work.sums.Chunks, ref work.sums);
    }

    /// <inheritdoc/>
    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var forward = arguments.Forward;
        var parts = arguments.MostParts;
        var (sequence, head, part) = (chunk / parts / forward.KeyValueHeads, chunk / parts % forward.KeyValueHeads, chunk % parts);
        var (keys, size) = (forward.KeysOf(sequence), forward.HeadSize);
        if (keys == 0 || (part > 0 && part >= arguments.Parts(sequence)))
        {
            return;
        }

        var kernels = forward.Kernels;
        var buffers = AttentionGradientBuffers.At(ThreadScratch.OfChunk.Floats(AttentionGradientBuffers.Floats(kernels, keys, size)), kernels, keys, size);
        if (arguments.Parts(sequence) > 1)
        {
            var (keySums, valueSums) = sums.Places(sequence, head, part);
            buffers.KeyGradients = (float*)keySums;
            buffers.ValueGradients = (float*)valueSums;
        }

        var floats = AttentionGradientBuffers.SumFloats(kernels, keys, size);
        new Span<float>(buffers.KeyGradients, checked((int)floats)).Clear();
        new Span<float>(buffers.ValueGradients, checked((int)floats)).Clear();
        PackKeys(forward, kernels, buffers, sequence, head);
        var end = Math.Min(arguments.Rows(sequence), (part + 1) * arguments.RowsPerPart);
        for (var row = part * arguments.RowsPerPart; row < end; row += AttentionGradientArguments.RowBlock)
        {
            var block = new AttentionGradientRows(arguments, sequence, head, row, Math.Min(AttentionGradientArguments.RowBlock, end - row));
            block.Pack(kernels, buffers);
            block.Compute(kernels, buffers);
            block.Write(buffers);
        }

        if (arguments.Parts(sequence) <= 1)
        {
            sums.Write(kernels, sequence, head, 0, keys, buffers.KeyGradients, buffers.ValueGradients, buffers.PaddedKeys, buffers.Plain);
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void PackKeys(in AttentionArguments forward, KernelSet kernels, in AttentionGradientBuffers buffers, int sequence, int head)
    {
        var (keys, size, columns) = (forward.KeysOf(sequence), forward.HeadSize, kernels.TileColumns);
        for (var key = 0; key < keys; key += columns)
        {
            var there = Math.Min(columns, keys - key);
            for (var i = 0; i < columns; i++)
            {
                HeadRows.Prefetch((float*)(forward.KeyOf(sequence, key, head) + ((columns + i) * forward.KeyStride)), size);
                HeadRows.Prefetch((float*)(forward.ValueOf(sequence, key, head) + ((columns + i) * forward.KeyStride)), size);
            }

            kernels.PackStored(StorageFormat.F32, forward.KeyOf(sequence, key, head), forward.KeyStride, there, size, buffers.KeysByDepth + ((long)key * size), null);
            kernels.PackStored(StorageFormat.F32, forward.ValueOf(sequence, key, head), forward.KeyStride, there, size, buffers.ValuesByDepth + ((long)key * size), null);
        }

        for (var key = 0; key < keys; key += AttentionGradientBuffers.KeyBlock)
        {
            var there = Math.Min(AttentionGradientBuffers.KeyBlock, keys - key);
            kernels.PackColumns(StorageFormat.F32, forward.KeyOf(sequence, key, head), forward.KeyStride, there, size, buffers.KeysByRow + ((long)key * buffers.PaddedSize));
        }
    }
}
