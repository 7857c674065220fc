using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>
/// Attention of many queries: keys pass in blocks, each row keeps its largest score and its sum so far and rescales what it has
/// gathered when a larger score comes (Milakov and Gimelshein 2018; Dao et al., FlashAttention, 2022). Memory grows with the
/// number of queries of a chunk, not with the square of the length. Both products run on the tiles of the matrix product.
/// </summary>
internal unsafe struct ManyQueries : IParallelWork
{
    private const int KeyBlock = 256;
    private const int QueryBlockPanels = 8;
    private const int MaxChunkQueries = 768;

    public AttentionArguments Arguments;

    public readonly int QueryChunks => QueryChunksOf(Arguments.Queries);

    public readonly int Chunks => Arguments.Sequences * Arguments.Heads * QueryChunks;

    /// <summary>Floats that each thread takes: packed queries, keys and values, what is gathered, and a block of scores twice.</summary>
    public static long ScratchFloats(in AttentionArguments arguments)
    {
        var (kernels, size) = (arguments.Kernels, (long)arguments.HeadSize);
        var rows = (PerChunk(arguments.Queries) + kernels.TileRows - 1L) / kernels.TileRows * kernels.TileRows;
        var paddedSize = (size + kernels.TileColumns - 1) / kernels.TileColumns * kernels.TileColumns;
        return (rows * size) + (KeyBlock * size) + (KeyBlock * paddedSize) + (rows * paddedSize)
            + (2 * rows) + (2L * QueryBlockPanels * kernels.TileRows * KeyBlock) + (kernels.TileColumns * paddedSize);
    }

    private static int QueryChunksOf(int queries) => (queries + MaxChunkQueries - 1) / MaxChunkQueries;

    private static int PerChunk(int queries) => (queries + QueryChunksOf(queries) - 1) / QueryChunksOf(queries);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int chunk)
    {
        var arguments = Arguments;
        var kernels = arguments.Kernels;
        var queryChunks = QueryChunks;
        var perChunk = PerChunk(arguments.Queries);
        var (rest, part) = (chunk / queryChunks, chunk % queryChunks);
        var (sequence, head) = (rest / arguments.Heads, rest % arguments.Heads);
        var keyValueHead = head / arguments.Group;
        var first = part * perChunk;
        var count = Math.Min(perChunk, arguments.Queries - first);
        if (count <= 0)
        {
            return;
        }

        var size = arguments.HeadSize;
        var tileRows = kernels.TileRows;
        var panels = (count + tileRows - 1) / tileRows;
        var rows = panels * tileRows;
        var sizePanels = (size + kernels.TileColumns - 1) / kernels.TileColumns;
        var paddedSize = sizePanels * kernels.TileColumns;
        var blockRows = QueryBlockPanels * tileRows;

        var scratch = ThreadScratch.OfChunk.Floats(ScratchFloats(arguments));
        var packedQueries = scratch;
        var packedKeys = packedQueries + ((long)rows * size);
        var packedValues = packedKeys + ((long)KeyBlock * size);
        var gathered = packedValues + ((long)KeyBlock * paddedSize);
        var largest = gathered + ((long)rows * paddedSize);
        var sums = largest + rows;
        var scores = sums + rows;
        var packedScores = scores + ((long)blockRows * KeyBlock);
        var wide = packedScores + ((long)blockRows * KeyBlock);

        for (var panel = 0; panel < panels; panel++)
        {
            var row = panel * tileRows;
            kernels.PackRows(
                arguments.QueryOf(sequence, first + row, head), (nint)arguments.QueryStride, Math.Min(tileRows, count - row), size, packedQueries + ((long)row * size), tileRows);
        }

        new Span<float>(gathered, rows * paddedSize).Clear();
        new Span<float>(largest, rows).Fill(float.NegativeInfinity);
        new Span<float>(sums, rows).Clear();

        var lastVisible = arguments.Visible(first + count - 1);
        for (var firstKey = 0; firstKey < lastVisible; firstKey += KeyBlock)
        {
            var keys = Math.Min(KeyBlock, lastVisible - firstKey);
            PackKeys(arguments, kernels, sequence, keyValueHead, firstKey, keys, packedKeys, wide);
            PackValues(arguments, kernels, sequence, keyValueHead, firstKey, keys, packedValues, wide);
            for (var firstRow = 0; firstRow < rows; firstRow += blockRows)
            {
                var blockCount = Math.Min(blockRows, rows - firstRow);
                if (arguments.Visible(first + Math.Min(count, firstRow + blockCount) - 1) <= firstKey)
                {
                    continue;
                }

                for (var keyPanel = 0; keyPanel * kernels.TileColumns < keys; keyPanel++)
                {
                    var column = keyPanel * kernels.TileColumns;
                    for (var row = 0; row < blockCount; row += tileRows)
                    {
                        kernels.Tile(packedQueries + ((long)(firstRow + row) * size), packedKeys + ((long)column * size), scores + ((long)row * KeyBlock) + column, KeyBlock, size, accumulate: false);
                    }
                }

                for (var row = 0; row < blockCount; row++)
                {
                    var query = Math.Min(firstRow + row, count - 1);
                    var visible = Math.Clamp(arguments.Visible(first + query) - firstKey, 0, keys);
                    Weigh(kernels, scores + ((long)row * KeyBlock), visible, keys, arguments.Scale, largest + firstRow + row, sums + firstRow + row, gathered + ((long)(firstRow + row) * paddedSize), paddedSize);
                }

                for (var row = 0; row < blockCount; row += tileRows)
                {
                    kernels.PackRows(scores + ((long)row * KeyBlock), KeyBlock, tileRows, keys, packedScores + ((long)row * KeyBlock), tileRows);
                }

                for (var valuePanel = 0; valuePanel < sizePanels; valuePanel++)
                {
                    var column = valuePanel * kernels.TileColumns;
                    for (var row = 0; row < blockCount; row += tileRows)
                    {
                        kernels.Tile(packedScores + ((long)row * KeyBlock), packedValues + ((long)column * keys), gathered + ((long)(firstRow + row) * paddedSize) + column, paddedSize, keys, accumulate: true);
                    }
                }
            }
        }

        for (var row = 0; row < count; row++)
        {
            var from = gathered + ((long)row * paddedSize);
            kernels.Scale(from, size, 1f / sums[row]);
            new Span<float>(from, size).CopyTo(new Span<float>(arguments.OutputOf(sequence, first + row, head), size));
        }
    }

    /// <summary>Turns a row of scores into weights relative to the row's largest score so far, and rescales what was gathered before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    private static void PackKeys(in AttentionArguments arguments, KernelSet kernels, int sequence, int head, int firstKey, int keys, float* packed, float* wide)
    {
        var (columns, size) = (kernels.TileColumns, arguments.HeadSize);
        for (var key = 0; key < keys; key += columns)
        {
            var rows = Math.Min(columns, keys - key);
            var source = arguments.KeyOf(sequence, firstKey + key, head);
            if (arguments.Format == StorageFormat.F32)
            {
                kernels.PackRows((float*)source, (nint)(arguments.KeyStride / sizeof(float)), rows, size, packed + ((long)key * size), columns);
                continue;
            }

            for (var row = 0; row < rows; row++)
            {
                kernels.Widen(arguments.Format, source + (row * arguments.KeyStride), wide + ((long)row * size), size);
            }

            kernels.PackRows(wide, size, rows, size, packed + ((long)key * size), columns);
        }
    }

    private static void PackValues(in AttentionArguments arguments, KernelSet kernels, int sequence, int head, int firstKey, int keys, float* packed, float* wide)
    {
        var (columns, size) = (kernels.TileColumns, arguments.HeadSize);
        for (var key = 0; key < keys; key++)
        {
            var source = arguments.ValueOf(sequence, firstKey + key, head);
            var row = (float*)source;
            if (arguments.Format != StorageFormat.F32)
            {
                kernels.Widen(arguments.Format, source, wide, size);
                row = wide;
            }

            for (var column = 0; column < size; column += columns)
            {
                var target = new Span<float>(packed + ((long)column * keys) + ((long)key * columns), columns);
                var width = Math.Min(columns, size - column);
                new ReadOnlySpan<float>(row + column, width).CopyTo(target);
                target[width..].Clear();
            }
        }
    }
}
