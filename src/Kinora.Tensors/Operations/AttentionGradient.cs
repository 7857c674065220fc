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
            var block = new RowBlock(arguments, sequence, head, row, Math.Min(AttentionGradientArguments.RowBlock, end - row));
            block.Pack(kernels, buffers);
            block.Compute(kernels, buffers);
            block.Write(buffers);
        }

        if (arguments.Parts(sequence) <= 1)
        {
            sums.Write(kernels, sequence, head, 0, keys, buffers.KeyGradients, buffers.ValueGradients, buffers.PaddedKeys, buffers.Plain);
        }
    }

    private static void PackKeys(in AttentionArguments forward, KernelSet kernels, in AttentionGradientBuffers buffers, int sequence, int head)
    {
        var (keys, size, columns) = (forward.KeysOf(sequence), forward.HeadSize, kernels.TileColumns);
        for (var key = 0; key < keys; key += columns)
        {
            var there = Math.Min(columns, keys - key);
            kernels.PackStored(StorageFormat.F32, forward.KeyOf(sequence, key, head), forward.KeyStride, there, size, buffers.KeysByDepth + ((long)key * size), null);
            kernels.PackStored(StorageFormat.F32, forward.ValueOf(sequence, key, head), forward.KeyStride, there, size, buffers.ValuesByDepth + ((long)key * size), null);
        }

        for (var key = 0; key < keys; key += AttentionGradientBuffers.KeyBlock)
        {
            var there = Math.Min(AttentionGradientBuffers.KeyBlock, keys - key);
            kernels.PackColumns(StorageFormat.F32, forward.KeyOf(sequence, key, head), forward.KeyStride, there, size, buffers.KeysByRow + ((long)key * buffers.PaddedSize));
        }
    }

    /// <summary>Query rows of a key head, from all query heads of its group, query by query: what they see never shrinks from one to the next.</summary>
    private readonly struct RowBlock(AttentionGradientArguments arguments, int sequence, int head, int first, int count)
    {
        /// <summary>Queries and gradients of outputs, each once by depth and once by row, and what a row needs to go through softmax.</summary>
        [MethodImpl(Jit.Kernel)]
        public void Pack(KernelSet kernels, in AttentionGradientBuffers buffers)
        {
            var forward = arguments.Forward;
            for (var row = 0; row < count; row++)
            {
                var (query, queryHead) = Query(row);
                var place = forward.QueryPlace(sequence, query, queryHead);
                buffers.LogSums[row] = forward.LogSums[(forward.QueryRow(sequence, query) * forward.Heads) + queryHead];
                buffers.Deltas[row] = kernels.Dot(StorageFormat.F32, (byte*)(arguments.OutputGradient + place), forward.Output + place, forward.HeadSize);
            }

            Pack(kernels, forward.Query, buffers.Plain, buffers.QueriesByDepth, buffers.QueriesByRow);
            Pack(kernels, arguments.OutputGradient, buffers.Plain, buffers.OutputsByDepth, buffers.OutputsByRow);
        }

        [MethodImpl(Jit.Kernel)]
        public void Compute(KernelSet kernels, in AttentionGradientBuffers buffers)
        {
            var (columns, tileRows) = (kernels.TileColumns, kernels.TileRows);
            new Span<float>(buffers.QueryGradients, AttentionGradientArguments.RowBlock * buffers.PaddedSize).Clear();
            var visible = Visible(count - 1);
            for (var firstKey = 0; firstKey < visible; firstKey += AttentionGradientBuffers.KeyBlock)
            {
                var keys = Math.Min(AttentionGradientBuffers.KeyBlock, visible - firstKey);
                for (var key = 0; key < keys; key += columns)
                {
                    ScoreGradients(kernels, buffers, firstKey + key, key);
                }

                for (var row = 0; row < count; row += tileRows)
                {
                    AddQueryGradients(kernels, buffers, firstKey, row);
                }
            }
        }

        public void Write(in AttentionGradientBuffers buffers)
        {
            var size = arguments.Forward.HeadSize;
            for (var row = 0; row < count; row++)
            {
                var (query, queryHead) = Query(row);
                var to = arguments.QueryGradient + arguments.Forward.QueryPlace(sequence, query, queryHead);
                new ReadOnlySpan<float>(buffers.QueryGradients + ((long)row * buffers.PaddedSize), size).CopyTo(new Span<float>(to, size));
            }
        }

        private (int Query, int Head) Query(int row)
        {
            var group = arguments.Forward.Group;
            return ((first + row) / group, (head * group) + ((first + row) % group));
        }

        private int Visible(int row) => arguments.Forward.Visible(sequence, (first + row) / arguments.Forward.Group);

        /// <summary>The first row that sees a key.</summary>
        private int FirstRow(int key)
        {
            var forward = arguments.Forward;
            return forward.Causal ? Math.Max(0, ((key - forward.KeysOf(sequence) + forward.QueriesOf(sequence)) * forward.Group) - first) : 0;
        }

        [MethodImpl(Jit.Kernel)]
        private void Pack(KernelSet kernels, float* source, float* plain, float* byDepth, float* byRow)
        {
            var (size, tileRows) = (arguments.Forward.HeadSize, kernels.TileRows);
            for (var row = 0; row < count; row++)
            {
                var (query, queryHead) = Query(row);
                new ReadOnlySpan<float>(source + arguments.Forward.QueryPlace(sequence, query, queryHead), size).CopyTo(new Span<float>(plain + ((long)row * size), size));
            }

            for (var row = 0; row < count; row += tileRows)
            {
                kernels.PackRows(plain + ((long)row * size), size, Math.Min(tileRows, count - row), size, byDepth + ((long)row * size), PanelRows(kernels, count - row));
            }

            PackingColumns.Copy(plain, size, count, size, byRow, tileRows);
        }

        /// <summary>One panel of keys: weights and gradients of scores of all rows that see them, and what these add to the gradients of keys and values.</summary>
        [MethodImpl(Jit.Kernel)]
        private void ScoreGradients(KernelSet kernels, in AttentionGradientBuffers buffers, int key, int keyInBlock)
        {
            var (size, columns) = (arguments.Forward.HeadSize, kernels.TileColumns);
            var from = FirstRow(key) / kernels.TileRows * kernels.TileRows;
            var offset = ((long)keyInBlock * AttentionGradientArguments.RowBlock) + (from * columns);
            var scores = buffers.Scores + offset;
            var gradients = buffers.Gradients + offset;
            var rows = count - from;
            Multiply(kernels, buffers.QueriesByDepth + ((long)from * size), rows, buffers.KeysByDepth + ((long)key * size), scores, columns, size, accumulate: false);
            Multiply(kernels, buffers.OutputsByDepth + ((long)from * size), rows, buffers.ValuesByDepth + ((long)key * size), gradients, columns, size, accumulate: false);
            kernels.SoftmaxGradient(scores, gradients, rows, columns, buffers.LogSums + from, buffers.Deltas + from, arguments.Forward.Scale);
            for (var row = 0; row < rows && Visible(from + row) < key + columns; row++)
            {
                var seen = Math.Max(0, Visible(from + row) - key);
                new Span<float>(scores + (row * columns) + seen, columns - seen).Clear();
                new Span<float>(gradients + (row * columns) + seen, columns - seen).Clear();
            }

            AddTransposed(kernels, buffers.OutputsByRow, from, scores, buffers.ValueGradients + key, buffers.PaddedKeys);
            AddTransposed(kernels, buffers.QueriesByRow, from, gradients, buffers.KeyGradients + key, buffers.PaddedKeys);
        }

        /// <summary>sums[size, TileColumns] += rows^T panel.</summary>
        [MethodImpl(Jit.Kernel)]
        private void AddTransposed(KernelSet kernels, float* byRow, int from, float* panel, float* sums, int stride)
        {
            var size = arguments.Forward.HeadSize;
            for (var i = 0; i < size; i += kernels.TileRows)
            {
                var width = PanelRows(kernels, size - i);
                Tile(kernels, width, byRow + ((long)i * count) + (from * width), panel, sums + ((long)i * stride), stride, count - from, accumulate: true);
            }
        }

        /// <summary>One panel of rows: gradients of scores, transposed, times the keys that it sees.</summary>
        [MethodImpl(Jit.Kernel)]
        private void AddQueryGradients(KernelSet kernels, in AttentionGradientBuffers buffers, int firstKey, int row)
        {
            var columns = kernels.TileColumns;
            var there = Math.Min(kernels.TileRows, count - row);
            var width = PanelRows(kernels, count - row);
            var block = Math.Min(AttentionGradientBuffers.KeyBlock, arguments.Forward.KeysOf(sequence) - firstKey);
            var keys = Math.Min(block, Visible(row + there - 1) - firstKey);
            for (var key = 0; key < keys; key += columns)
            {
                var panel = buffers.Gradients + ((long)key * AttentionGradientArguments.RowBlock) + (row * columns);
                kernels.PackRows(panel, columns, there, Math.Min(columns, keys - key), buffers.PackedGradients + (key * width), width);
            }

            for (var column = 0; column < buffers.PaddedSize && keys > 0; column += columns)
            {
                var packed = buffers.KeysByRow + ((long)firstKey * buffers.PaddedSize) + ((long)column * block);
                Tile(kernels, width, buffers.PackedGradients, packed, buffers.QueryGradients + ((long)row * buffers.PaddedSize) + column, buffers.PaddedSize, keys, accumulate: true);
            }
        }

        private static int PanelRows(KernelSet kernels, int left) => left <= kernels.TileRows / 2 ? kernels.TileRows / 2 : kernels.TileRows;

        [MethodImpl(Jit.Kernel)]
        private static void Multiply(KernelSet kernels, float* a, int rows, float* b, float* c, int stride, int depth, bool accumulate)
        {
            for (var row = 0; row < rows; row += kernels.TileRows)
            {
                Tile(kernels, PanelRows(kernels, rows - row), a + ((long)row * depth), b, c + ((long)row * stride), stride, depth, accumulate);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Tile(KernelSet kernels, int rows, float* a, float* b, float* c, int stride, int depth, bool accumulate)
        {
            if (rows == kernels.TileRows)
            {
                kernels.Tile(a, b, c, stride, depth, accumulate);
            }
            else
            {
                kernels.HalfTile(a, b, c, stride, depth, accumulate);
            }
        }
    }
}
