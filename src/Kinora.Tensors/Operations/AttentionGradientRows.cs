using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;

namespace Kinora.Tensors.Operations;

/// <summary>Query rows of a key head, from all query heads of its group, query by query: what they see never shrinks from one to the next.</summary>
internal readonly unsafe struct AttentionGradientRows(AttentionGradientArguments arguments, int sequence, int head, int first, int count)
{
    /// <summary>Queries and gradients of outputs, each once by depth and once by row, and what a row needs to go through softmax.</summary>
    [MethodImpl(Jit.Kernel)]
    public void Pack(KernelSet kernels, in AttentionGradientBuffers buffers)
    {
        var forward = arguments.Forward;
        var ahead = HeadRows.Ahead / forward.Group * forward.QueryStride;
        for (var row = 0; row < count; row++)
        {
            var (query, queryHead) = Query(row);
            var place = forward.QueryPlace(sequence, query, queryHead);
            HeadRows.Prefetch(forward.Query + place + ahead, forward.HeadSize);
            HeadRows.Prefetch(forward.Output + place + ahead, forward.HeadSize);
            HeadRows.Prefetch(arguments.OutputGradient + place + ahead, forward.HeadSize);
            buffers.LogSums[row] = forward.LogSums[(forward.QueryRow(sequence, query) * forward.Heads) + queryHead];
            buffers.Deltas[row] = kernels.Dot(arguments.OutputGradient + place, forward.Output + place, forward.HeadSize);
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

    [MethodImpl(Jit.Kernel)]
    public void Write(in AttentionGradientBuffers buffers)
    {
        var size = arguments.Forward.HeadSize;
        for (var row = 0; row < count; row++)
        {
            var (query, queryHead) = Query(row);
            var to = arguments.QueryGradient + arguments.Forward.QueryPlace(sequence, query, queryHead);
            HeadRows.Copy(buffers.QueryGradients + ((long)row * buffers.PaddedSize), to, size);
        }
    }

    private (int Query, int Head) Query(int row)
    {
        var group = arguments.Forward.Group;
        return ((first + row) / group, (head * group) + ((first + row) % group));
    }

    private int Visible(int row) => arguments.Forward.Visible(sequence, (first + row) / arguments.Forward.Group);

    private (int First, int End) Gap(int row) => arguments.Forward.Gap(sequence, (first + row) / arguments.Forward.Group);

    /// <summary>The end of the panels of rows of which any sees any key of a panel: gaps grow from row to row.</summary>
    private int EndRow(KernelSet kernels, int key, int columns)
    {
        if (arguments.Forward.Prefixes == null || key < arguments.Forward.Prefixes[sequence])
        {
            return count;
        }

        var row = 0;
        while (row < count && Gap(row).End < key + columns)
        {
            row += kernels.TileRows;
        }

        return Math.Min(row, count);
    }

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
            HeadRows.Copy(source + arguments.Forward.QueryPlace(sequence, query, queryHead), plain + ((long)row * size), size);
        }

        for (var row = 0; row < count; row += tileRows)
        {
            kernels.PackRows(plain + ((long)row * size), size, Math.Min(tileRows, count - row), size, byDepth + ((long)row * size), Panels.Rows(kernels, count - row));
        }

        PackingColumns.Copy(plain, size, count, size, byRow, tileRows);
    }

    /// <summary>One panel of keys: weights and gradients of scores of all rows that see them, and what these add to the gradients of keys and values.</summary>
    [MethodImpl(Jit.Kernel)]
    private void ScoreGradients(KernelSet kernels, in AttentionGradientBuffers buffers, int key, int keyInBlock)
    {
        var (size, columns) = (arguments.Forward.HeadSize, kernels.TileColumns);
        var from = FirstRow(key) / kernels.TileRows * kernels.TileRows;
        var end = EndRow(kernels, key, columns);
        if (from >= end)
        {
            return;
        }

        var offset = ((long)keyInBlock * AttentionGradientArguments.RowBlock) + (from * columns);
        var scores = buffers.Scores + offset;
        var gradients = buffers.Gradients + offset;
        var rows = end - from;
        Multiply(kernels, buffers.QueriesByDepth + ((long)from * size), rows, buffers.KeysByDepth + ((long)key * size), scores, columns, size, accumulate: false);
        Multiply(kernels, buffers.OutputsByDepth + ((long)from * size), rows, buffers.ValuesByDepth + ((long)key * size), gradients, columns, size, accumulate: false);
        kernels.SoftmaxGradient(scores, gradients, rows, columns, buffers.LogSums + from, buffers.Deltas + from, arguments.Forward.Scale);
        Hide(scores, gradients, from, end, key, columns);
        AddTransposed(kernels, buffers.OutputsByRow, from, rows, scores, buffers.ValueGradients + key, buffers.PaddedKeys);
        AddTransposed(kernels, buffers.QueriesByRow, from, rows, gradients, buffers.KeyGradients + key, buffers.PaddedKeys);
    }

    /// <summary>What single rows don't see of a panel of keys, though others do.</summary>
    [MethodImpl(Jit.Kernel)]
    private void Hide(float* scores, float* gradients, int from, int end, int key, int columns)
    {
        var forward = arguments.Forward;
        for (var row = from; row < end && forward.Causal; row++)
        {
            var visible = Visible(row) - key;
            if (visible >= columns)
            {
                break;
            }

            Clear(scores, gradients, (row - from) * columns, Math.Max(0, visible), columns);
        }

        for (var row = from; row < end && forward.Prefixes != null && key + columns > forward.Prefixes[sequence]; row++)
        {
            var (first, gapEnd) = Gap(row);
            Clear(scores, gradients, (row - from) * columns, Math.Max(0, first - key), Math.Min(gapEnd - key, columns));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clear(float* scores, float* gradients, int row, int first, int end)
    {
        for (var i = row + first; i < row + end; i++)
        {
            (scores[i], gradients[i]) = (0f, 0f);
        }
    }

    /// <summary>sums[size, TileColumns] += rows^T panel.</summary>
    [MethodImpl(Jit.Kernel)]
    private void AddTransposed(KernelSet kernels, float* byRow, int from, int rows, float* panel, float* sums, int stride)
    {
        var size = arguments.Forward.HeadSize;
        for (var i = 0; i < size; i += kernels.TileRows)
        {
            var width = Panels.Rows(kernels, size - i);
            Panels.Tile(kernels, width, byRow + ((long)i * count) + (from * width), panel, sums + ((long)i * stride), stride, rows, accumulate: true);
        }
    }

    /// <summary>One panel of rows: gradients of scores, transposed, times the keys that it sees.</summary>
    [MethodImpl(Jit.Kernel)]
    private void AddQueryGradients(KernelSet kernels, in AttentionGradientBuffers buffers, int firstKey, int row)
    {
        var columns = kernels.TileColumns;
        var there = Math.Min(kernels.TileRows, count - row);
        var keys = Math.Min(Math.Min(AttentionGradientBuffers.KeyBlock, arguments.Forward.KeysOf(sequence) - firstKey), Visible(row + there - 1) - firstKey);
        if (keys <= 0)
        {
            return;
        }

        // Panels of keys that lie in the gap were not computed.
        var (gap, gapEnd) = Gap(row);
        var before = gap == gapEnd ? keys : Math.Clamp((gap - firstKey + columns - 1) / columns * columns, 0, keys);
        var behind = Math.Clamp((gapEnd - firstKey) / columns * columns, before, keys);
        AddQueryGradients(kernels, buffers, firstKey, row, 0, before);
        AddQueryGradients(kernels, buffers, firstKey, row, behind, keys);
    }

    [MethodImpl(Jit.Kernel)]
    private void AddQueryGradients(KernelSet kernels, in AttentionGradientBuffers buffers, int firstKey, int row, int from, int end)
    {
        var columns = kernels.TileColumns;
        var there = Math.Min(kernels.TileRows, count - row);
        var width = Panels.Rows(kernels, count - row);
        var block = Math.Min(AttentionGradientBuffers.KeyBlock, arguments.Forward.KeysOf(sequence) - firstKey);
        for (var key = from; key < end; key += columns)
        {
            var panel = buffers.Gradients + ((long)key * AttentionGradientArguments.RowBlock) + (row * columns);
            kernels.PackRows(panel, columns, there, Math.Min(columns, end - key), buffers.PackedGradients + ((key - from) * width), width);
        }

        for (var column = 0; column < buffers.PaddedSize && from < end; column += columns)
        {
            var packed = buffers.KeysByRow + ((long)firstKey * buffers.PaddedSize) + ((long)column * block) + ((long)from * columns);
            Panels.Tile(kernels, width, buffers.PackedGradients, packed, buffers.QueryGradients + ((long)row * buffers.PaddedSize) + column, buffers.PaddedSize, end - from, accumulate: true);
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void Multiply(KernelSet kernels, float* a, int rows, float* b, float* c, int stride, int depth, bool accumulate)
    {
        for (var row = 0; row < rows; row += kernels.TileRows)
        {
            Panels.Tile(kernels, Panels.Rows(kernels, rows - row), a + ((long)row * depth), b, c + ((long)row * stride), stride, depth, accumulate);
        }
    }
}
