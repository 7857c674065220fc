using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>
/// Attention over a cache: keys pass in blocks, each row keeps its largest score and its sum so far and rescales what it has gathered when a
/// larger score comes (Milakov and Gimelshein 2018; Dao et al., FlashAttention, 2022). Memory grows with the number of rows of a
/// chunk, not with the square of the length. Both products run on the tiles of the matrix product. Rows are the queries of all
/// heads that share a key head, so that keys and values are widened and packed once for all of them, also for a single token.
/// </summary>
internal unsafe struct BlockAttention : IParallelWork
{
    private const int KeyBlock = 256;
    private const int RowBlockPanels = 8;
    private const int MaxChunkRows = 768;

    /// <summary>So few rows take keys and values straight from where they lie: tiles would stay nearly empty.</summary>
    private const int MostDirectRows = 2;

    public AttentionArguments Arguments;

    public readonly int Chunks => Arguments.Sequences * Arguments.KeyValueHeads * Parts(Arguments);

    /// <summary>Computes the attention.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="arguments">What to compute; all sequences are equally long.</param>
    public static void Run(WorkerPool pool, in AttentionArguments arguments)
    {
        var attention = new BlockAttention { Arguments = arguments };
        pool.Run(attention.Chunks, ref attention);
    }

    /// <summary>Floats that each thread takes: packed queries, keys and values, what is gathered, and a block of scores twice.</summary>
    public static long ScratchFloats(in AttentionArguments arguments)
    {
        var (kernels, size) = (arguments.Kernels, (long)arguments.HeadSize);
        var rows = RoundUp(RowsPerChunk(arguments), PanelRows(arguments));
        var paddedSize = RoundUp(size, kernels.TileColumns);
        return (rows * size) + (KeyBlock * size) + (KeyBlock * paddedSize) + (rows * paddedSize)
            + (2 * rows) + (2L * RowBlockPanels * PanelRows(arguments) * KeyBlock) + WideFloats(kernels, size);
    }

    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var arguments = Arguments;
        var kernels = arguments.Kernels;
        var (rest, part) = (chunk / Parts(arguments), chunk % Parts(arguments));
        var (sequence, keyValueHead) = (rest / arguments.KeyValueHeads, rest % arguments.KeyValueHeads);
        var first = part * RowsPerChunk(arguments);
        var count = Math.Min(RowsPerChunk(arguments), (arguments.QueriesOf(sequence) * arguments.Group) - first);
        if (count <= 0)
        {
            return;
        }

        var size = arguments.HeadSize;
        var tileRows = PanelRows(arguments);
        var rows = (int)RoundUp(count, tileRows);
        var paddedSize = (int)RoundUp(size, kernels.TileColumns);
        var blockRows = RowBlockPanels * tileRows;

        var packedQueries = ThreadScratch.OfChunk.Floats(ScratchFloats(arguments));
        var packedKeys = packedQueries + ((long)rows * size);
        var packedValues = packedKeys + ((long)KeyBlock * size);
        var gathered = packedValues + ((long)KeyBlock * paddedSize);
        var largest = gathered + ((long)rows * paddedSize);
        var sums = largest + rows;
        var scores = sums + rows;
        var packedScores = scores + ((long)blockRows * KeyBlock);
        var wide = packedScores + ((long)blockRows * KeyBlock);

        for (var row = 0; row < rows; row += tileRows)
        {
            var there = Math.Min(tileRows, count - row);
            for (var i = 0; i < there; i++)
            {
                new ReadOnlySpan<float>(QueryOf(arguments, sequence, first + row + i, keyValueHead), size).CopyTo(new Span<float>(wide + ((long)i * size), size));
            }

            kernels.PackRows(wide, size, there, size, packedQueries + ((long)row * size), tileRows);
        }

        new Span<float>(gathered, rows * paddedSize).Clear();
        new Span<float>(largest, rows).Fill(float.NegativeInfinity);
        new Span<float>(sums, rows).Clear();

        var seen = stackalloc int[RowBlockPanels];
        var lastVisible = Visible(arguments, sequence, first + count - 1);
        for (var firstKey = 0; firstKey < lastVisible; firstKey += KeyBlock)
        {
            var keys = Math.Min(KeyBlock, lastVisible - firstKey);
            if (count <= MostDirectRows)
            {
                var (keyRows, keyFormat, keyStride) = Plain(arguments, kernels, arguments.KeyOf(sequence, firstKey, keyValueHead), keys, packedKeys);
                var (valueRows, _, _) = Plain(arguments, kernels, arguments.ValueOf(sequence, firstKey, keyValueHead), keys, packedValues);
                for (var row = 0; row < count; row++)
                {
                    var visible = Math.Clamp(Visible(arguments, sequence, first + row) - firstKey, 0, keys);
                    var sum = gathered + ((long)row * paddedSize);
                    kernels.Scores(keyFormat, (byte*)keyRows, keyStride, visible, QueryOf(arguments, sequence, first + row, keyValueHead), size, scores);
                    Weigh(kernels, scores, visible, visible, arguments.Scale, largest + row, sums + row, sum, paddedSize);
                    kernels.Gather(keyFormat, (byte*)valueRows, keyStride, visible, scores, size, sum);
                }

                continue;
            }

            PackKeys(arguments, kernels, sequence, keyValueHead, firstKey, keys, packedKeys, wide);
            kernels.PackColumns(arguments.Format, arguments.ValueOf(sequence, firstKey, keyValueHead), arguments.KeyStride, keys, size, packedValues);
            for (var firstRow = 0; firstRow < rows; firstRow += blockRows)
            {
                var blockCount = Math.Min(blockRows, rows - firstRow);
                if (Visible(arguments, sequence, first + Math.Min(count, firstRow + blockCount) - 1) <= firstKey)
                {
                    continue;
                }

                var seeing = 0;
                for (var column = 0; column < keys; column += kernels.TileColumns)
                {
                    // Panels of rows that see none of these keys are passed over; they are the first ones.
                    while (seeing < blockCount && VisibleToPanel(arguments, sequence, first + firstRow + seeing, tileRows, first + count) <= firstKey + column)
                    {
                        seeing += tileRows;
                    }

                    for (var row = seeing; row < blockCount; row += tileRows)
                    {
                        Panels.Tile(kernels, tileRows, packedQueries + ((long)(firstRow + row) * size), packedKeys + ((long)column * size), scores + ((long)row * KeyBlock) + column, KeyBlock, size, accumulate: false);
                    }
                }

                for (var row = 0; row < blockCount; row++)
                {
                    var visible = Math.Clamp(Visible(arguments, sequence, first + Math.Min(firstRow + row, count - 1)) - firstKey, 0, keys);
                    Weigh(kernels, scores + ((long)row * KeyBlock), visible, keys, arguments.Scale, largest + firstRow + row, sums + firstRow + row, gathered + ((long)(firstRow + row) * paddedSize), paddedSize);
                }

                for (var row = 0; row < blockCount; row += tileRows)
                {
                    var panelKeys = Math.Clamp(VisibleToPanel(arguments, sequence, first + firstRow + row, tileRows, first + count) - firstKey, 0, keys);
                    seen[row / tileRows] = panelKeys;
                    kernels.PackRows(scores + ((long)row * KeyBlock), KeyBlock, tileRows, panelKeys, packedScores + ((long)row * KeyBlock), tileRows);
                }

                for (var column = 0; column < paddedSize; column += kernels.TileColumns)
                {
                    for (var row = 0; row < blockCount; row += tileRows)
                    {
                        Panels.Tile(kernels, tileRows, packedScores + ((long)row * KeyBlock), packedValues + ((long)column * keys), gathered + ((long)(firstRow + row) * paddedSize) + column, paddedSize, seen[row / tileRows], accumulate: true);
                    }
                }
            }
        }

        for (var row = 0; row < count; row++)
        {
            var from = gathered + ((long)row * paddedSize);
            kernels.Scale(from, size, 1f / sums[row]);
            var (query, head) = Place(arguments, first + row, keyValueHead);
            new Span<float>(from, size).CopyTo(new Span<float>(arguments.OutputOf(sequence, query, head), size));
        }
    }

    private static int Rows(in AttentionArguments arguments) => arguments.Queries * arguments.Group;

    private static int Parts(in AttentionArguments arguments) => (Rows(arguments) + MaxChunkRows - 1) / MaxChunkRows;

    private static int RowsPerChunk(in AttentionArguments arguments)
    {
        var parts = Parts(arguments);
        return (Rows(arguments) + parts - 1) / parts;
    }

    /// <summary>Rows of a tile: half of them where that is enough for a chunk, as in decoding.</summary>
    private static int PanelRows(in AttentionArguments arguments)
    {
        var whole = arguments.Kernels.TileRows;
        return RowsPerChunk(arguments) <= whole / 2 ? whole / 2 : whole;
    }

    private static long WideFloats(KernelSet kernels, long size) => Math.Max(kernels.TileColumns, kernels.TileRows) * size;

    private static long RoundUp(long value, int step) => (value + step - 1) / step * step;

    /// <summary>Rows go query by query, and within a query through the heads: what they see never shrinks from one to the next.</summary>
    private static (int Query, int Head) Place(in AttentionArguments arguments, int row, int keyValueHead)
        => (row / arguments.Group, (keyValueHead * arguments.Group) + (row % arguments.Group));

    private static int Visible(in AttentionArguments arguments, int sequence, int row) => arguments.Visible(sequence, row / arguments.Group);

    /// <summary>Keys that the last row of a panel sees, of the rows that are there.</summary>
    private static int VisibleToPanel(in AttentionArguments arguments, int sequence, int row, int rows, int end)
        => Visible(arguments, sequence, Math.Min(row + rows, end) - 1);

    private static float* QueryOf(in AttentionArguments arguments, int sequence, int row, int keyValueHead)
    {
        var (query, head) = Place(arguments, row, keyValueHead);
        return arguments.QueryOf(sequence, query, head);
    }

    /// <summary>Turns a row of scores into weights relative to the row's largest score so far, and rescales what was gathered before.</summary>
    [MethodImpl(Jit.Kernel)]
    private static void Weigh(KernelSet kernels, float* scores, int visible, int keys, float scale, float* largest, float* sum, float* gathered, int size)
    {
        if (visible > 0)
        {
            var before = *largest;
            var now = Math.Max(before, kernels.Max(scores, visible) * scale);
            *largest = now;
            if (now > before)
            {
                var correction = MathF.Exp(before - now);
                *sum *= correction;
                if (!float.IsNegativeInfinity(before))
                {
                    kernels.Scale(gathered, size, correction);
                }
            }

            *sum += kernels.ExpSum(scores, visible, scale, now);
        }

        new Span<float>(scores + visible, keys - visible).Clear();
    }

    /// <summary>Rows of keys or values as they lie, or widened if they are in blocks.</summary>
    private static (nint Rows, StorageFormat Format, nint Stride) Plain(in AttentionArguments arguments, KernelSet kernels, byte* rows, int count, float* room)
    {
        if (!arguments.Format.IsQuantised())
        {
            return ((nint)rows, arguments.Format, (nint)arguments.KeyStride);
        }

        for (var row = 0; row < count; row++)
        {
            kernels.Widen(arguments.Format, rows + (row * arguments.KeyStride), room + ((long)row * arguments.HeadSize), arguments.HeadSize);
        }

        return ((nint)room, StorageFormat.F32, arguments.HeadSize * sizeof(float));
    }

    private static void PackKeys(in AttentionArguments arguments, KernelSet kernels, int sequence, int head, int firstKey, int keys, float* packed, float* wide)
    {
        var (columns, size) = (kernels.TileColumns, arguments.HeadSize);
        for (var key = 0; key < keys; key += columns)
        {
            var source = arguments.KeyOf(sequence, firstKey + key, head);
            kernels.PackStored(arguments.Format, source, arguments.KeyStride, Math.Min(columns, keys - key), size, packed + ((long)key * size), wide);
        }
    }
}
