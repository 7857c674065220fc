using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>
/// Attention within whole sequences. As in <see cref="BlockAttention"/> keys pass in blocks, and what was gathered is rescaled when a larger
/// score comes; but scores lie the other way round, [keys][rows] in panels as wide as a tile. So the largest score, the exponentials and
/// their sums are taken of many rows at once, without a rest, and weights are the right side of the product with the values as they are.
/// </summary>
/// <remarks>Rows are the queries of all heads that share a key head, query by query: what they see never shrinks from one to the next.</remarks>
internal unsafe struct SequenceAttention : IParallelWork
{
    /// <summary>A multiple of the rows of every instruction set's tiles.</summary>
    private const int KeyBlock = 240;

    private const int MaxChunkRows = 768;

    /// <summary>Packed sequences fall into at least so many chunks, if their rows are enough for that: one long sequence keeps several threads busy.</summary>
    private const int FewestChunks = 16;

    private const int FewestChunkRows = 96;

    private AttentionArguments arguments;
    private int rowsPerChunk;
    private int parts;

    /// <summary>Computes the attention.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="arguments">What to compute, keys and values in F32; Queries and KeyCount are taken from Starts, if there are any.</param>
    public static void Run(WorkerPool pool, AttentionArguments arguments)
    {
        arguments.FindLongest();
        var rows = RowsPerChunk(arguments);
        var work = new SequenceAttention { arguments = arguments, rowsPerChunk = rows, parts = ((arguments.Queries * arguments.Group) + rows - 1) / rows };
        pool.Run(arguments.Sequences * arguments.KeyValueHeads * work.parts, ref work);
    }

    /// <summary>Floats that each thread takes.</summary>
    public static long ScratchFloats(in AttentionArguments arguments)
        => (long)Buffers.At(null, arguments.Kernels, RowsPerChunk(arguments), arguments.HeadSize).End / sizeof(float);

    /// <inheritdoc/>
    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var (rest, part) = (chunk / parts, chunk % parts);
        var (sequence, head) = (rest / arguments.KeyValueHeads, rest % arguments.KeyValueHeads);
        var first = part * rowsPerChunk;
        var end = Math.Min(first + rowsPerChunk, arguments.QueriesOf(sequence) * arguments.Group);
        if (first >= end)
        {
            return;
        }

        var (kernels, size) = (arguments.Kernels, arguments.HeadSize);
        var columns = kernels.TileColumns;
        var buffers = Buffers.At(ThreadScratch.OfChunk.Floats(ScratchFloats(arguments)), kernels, rowsPerChunk, size);
        for (var row = first; row < end; row += columns)
        {
            PackQueries(kernels, buffers, sequence, head, row, Math.Min(columns, end - row), buffers.Queries + ((long)(row - first) * size));
        }

        var panels = (end - first + columns - 1) / columns;
        new Span<float>(buffers.Gathered, panels * columns * buffers.PaddedSize).Clear();
        new Span<float>(buffers.Sums, panels * columns).Clear();
        new Span<float>(buffers.Largest, panels * columns).Fill(float.NegativeInfinity);
        var visible = arguments.Visible(sequence, (end - 1) / arguments.Group);
        for (var firstKey = 0; firstKey < visible; firstKey += KeyBlock)
        {
            var keys = Math.Min(KeyBlock, visible - firstKey);
            PackKeys(kernels, buffers, sequence, head, firstKey, keys);
            for (var row = first; row < end; row += columns)
            {
                var seen = KeysSeen.Of(arguments, sequence, row, columns, end, firstKey, keys);
                if (seen.GapFirst > 0 || seen.GapEnd < seen.End)
                {
                    Attend(kernels, buffers, sequence, row, first, end, firstKey, keys, seen);
                }
            }
        }

        for (var row = first; row < end; row += columns)
        {
            Write(kernels, buffers, sequence, head, row, first, Math.Min(columns, end - row));
        }
    }

    /// <summary>Rows of a chunk, a number of whole panels where there are several.</summary>
    private static int RowsPerChunk(in AttentionArguments arguments)
    {
        var most = MaxChunkRows;
        if (arguments.QueryStarts != null)
        {
            var all = (long)(arguments.QueryStarts[arguments.Sequences] - arguments.QueryStarts[0]) * arguments.Heads;
            most = (int)Math.Clamp(all / FewestChunks, FewestChunkRows, MaxChunkRows);
        }

        var (rows, columns) = (arguments.Queries * arguments.Group, arguments.Kernels.TileColumns);
        var parts = Math.Max(1, (rows + most - 1) / most);
        return Math.Max(columns, (((rows + parts - 1) / parts) + columns - 1) / columns * columns);
    }

    private readonly (int Query, int Head) Place(int row, int keyValueHead)
        => (row / arguments.Group, (keyValueHead * arguments.Group) + (row % arguments.Group));

    [MethodImpl(Jit.Kernel)]
    private readonly void PackQueries(KernelSet kernels, in Buffers buffers, int sequence, int keyValueHead, int row, int count, float* packed)
    {
        var (size, ahead) = (arguments.HeadSize, HeadRows.Ahead / arguments.Group * arguments.QueryStride);
        for (var i = 0; i < count; i++)
        {
            var (query, head) = Place(row + i, keyValueHead);
            var source = arguments.QueryOf(sequence, query, head);
            HeadRows.Prefetch(source + ahead, size);
            HeadRows.Copy(source, buffers.Plain + ((long)i * size), size);
        }

        kernels.PackStored(StorageFormat.F32, (byte*)buffers.Plain, sizeof(float) * (long)size, count, size, packed, null);
    }

    [MethodImpl(Jit.Kernel)]
    private readonly void PackKeys(KernelSet kernels, in Buffers buffers, int sequence, int head, int firstKey, int keys)
    {
        var (size, tileRows, stride) = (arguments.HeadSize, kernels.TileRows, (nint)(arguments.KeyStride / sizeof(float)));
        var source = (float*)arguments.KeyOf(sequence, firstKey, head);
        var values = (float*)arguments.ValueOf(sequence, firstKey, head);
        for (var key = 0; key < keys; key += tileRows)
        {
            for (var i = 0; i < tileRows; i++)
            {
                HeadRows.Prefetch(source + ((key + HeadRows.Ahead + i) * stride), size);
                HeadRows.Prefetch(values + ((key + i) * stride), size);
            }

            kernels.PackRows(source + (key * stride), stride, Math.Min(tileRows, keys - key), size, buffers.Keys + ((long)key * size), Panels.Rows(kernels, keys - key));
        }

        PackingColumns.Copy(values, stride, keys, size, buffers.Values, tileRows);
    }

    /// <summary>A panel of rows meets a block of keys.</summary>
    [MethodImpl(Jit.Kernel)]
    private readonly void Attend(KernelSet kernels, in Buffers buffers, int sequence, int row, int first, int end, int firstKey, int keys, in KeysSeen seen)
    {
        var (size, tileRows, columns) = (arguments.HeadSize, kernels.TileRows, kernels.TileColumns);
        var place = (long)(row - first);
        for (var key = 0; key < seen.End; key += tileRows)
        {
            if (seen.Any(key, key + tileRows))
            {
                Panels.Tile(kernels, Panels.Rows(kernels, keys - key), buffers.Keys + ((long)key * size), buffers.Queries + (place * size), buffers.Scores + ((long)key * columns), columns, size, accumulate: false);
            }
        }

        Hide(buffers.Scores, sequence, row, end, firstKey, seen, columns);
        var (largest, sums) = ((nint)(buffers.Largest + place), (nint)(buffers.Sums + place));
        var gathered = buffers.Gathered + (place * buffers.PaddedSize);
        var behind = buffers.Scores + ((long)seen.GapEnd * columns);
        HeadRows.Copy((float*)largest, buffers.Corrections, columns);
        kernels.ColumnLargest(buffers.Scores, seen.GapFirst, (float*)largest);
        kernels.ColumnLargest(behind, seen.End - seen.GapEnd, (float*)largest);
        if (*(float*)sums > 0)
        {
            kernels.ColumnWeights(buffers.Corrections, 1, (float*)largest, arguments.Scale, buffers.Plain);
            kernels.ScaleColumns((float*)sums, 1, buffers.Corrections);
            kernels.ScaleColumns(gathered, size, buffers.Corrections);
        }

        kernels.ColumnWeights(buffers.Scores, seen.GapFirst, (float*)largest, arguments.Scale, (float*)sums);
        kernels.ColumnWeights(behind, seen.End - seen.GapEnd, (float*)largest, arguments.Scale, (float*)sums);
        for (var i = 0; i < size; i += tileRows)
        {
            var width = Panels.Rows(kernels, size - i);
            var values = buffers.Values + ((long)i * keys);
            Panels.Tile(kernels, width, values, buffers.Scores, gathered + ((long)i * columns), columns, seen.GapFirst, accumulate: true);
            if (seen.GapEnd < seen.End)
            {
                Panels.Tile(kernels, width, values + ((long)seen.GapEnd * width), behind, gathered + ((long)i * columns), columns, seen.End - seen.GapEnd, accumulate: true);
            }
        }
    }

    /// <summary>Scores that some rows of a panel don't see, though others do: of a key behind the first rows' places those of the first rows, of a key in the branch of the first rows those of later branches.</summary>
    [MethodImpl(Jit.Kernel)]
    private readonly void Hide(float* scores, int sequence, int row, int end, int firstKey, in KeysSeen seen, int columns)
    {
        var (group, query) = (arguments.Group, row / arguments.Group);
        var firstColumns = ((query + 1) * group) - row;
        var visible = arguments.Visible(sequence, query) - firstKey;
        for (var key = Math.Max(0, visible); key < seen.End && arguments.Causal; key++)
        {
            new Span<float>(scores + ((long)key * columns), Math.Min(columns, firstColumns + ((key - visible) * group))).Fill(float.NegativeInfinity);
        }

        var last = (end - 1) / group;
        var (prefix, largestOwn) = arguments.Gap(sequence, Math.Min((row + columns - 1) / group, last));
        if (prefix == largestOwn)
        {
            return;
        }

        var own = arguments.Gap(sequence, query).End;
        var column = 0;
        for (var key = Math.Max(0, Math.Max(prefix, own) - firstKey); key < seen.End; key++)
        {
            // Branches begin later and later: the rows to the right of these don't see the key.
            while (column < columns && own <= firstKey + key)
            {
                column = Math.Min(columns, query < last ? ((query + 1) * group) - row : columns);
                own = query < last ? arguments.Gap(sequence, ++query).End : own;
            }

            new Span<float>(scores + ((long)key * columns) + column, columns - column).Fill(float.NegativeInfinity);
        }
    }

    [MethodImpl(Jit.Kernel)]
    private readonly void Write(KernelSet kernels, in Buffers buffers, int sequence, int keyValueHead, int row, int first, int count)
    {
        var (size, columns, place) = (arguments.HeadSize, kernels.TileColumns, (long)(row - first));
        var (sums, gathered) = ((nint)(buffers.Sums + place), (nint)(buffers.Gathered + (place * buffers.PaddedSize)));
        for (var column = 0; column < columns; column++)
        {
            buffers.Corrections[column] = 1f / ((float*)sums)[column];
        }

        kernels.ScaleColumns((float*)gathered, size, buffers.Corrections);
        kernels.PackRows((float*)gathered, columns, size, columns, buffers.Plain, size);
        for (var i = 0; i < count; i++)
        {
            var (query, head) = Place(row + i, keyValueHead);
            HeadRows.Copy(buffers.Plain + ((long)i * size), arguments.OutputOf(sequence, query, head), size);
            if (arguments.LogSums != null)
            {
                arguments.LogSums[(arguments.QueryRow(sequence, query) * arguments.Heads) + head] = (buffers.Largest[place + i] * arguments.Scale) + MathF.Log(((float*)sums)[i]);
            }
        }
    }

    /// <summary>What a chunk keeps: its packed queries, what they have gathered [size][columns] and their largest scores and sums; a block of keys and values; a panel of scores.</summary>
    private struct Buffers
    {
        private const int Alignment = 16;

        public float* Queries;
        public float* Gathered;
        public float* Largest;
        public float* Sums;
        public float* Keys;
        public float* Values;
        public float* Scores;
        public float* Corrections;
        public float* Plain;

        /// <summary>Rows of what a panel has gathered.</summary>
        public int PaddedSize;

        public float* End;

        public static Buffers At(float* start, KernelSet kernels, int rows, int size)
        {
            var buffers = new Buffers { PaddedSize = (size + (kernels.TileRows / 2) - 1) / (kernels.TileRows / 2) * (kernels.TileRows / 2) };
            buffers.Queries = Take(ref start, (long)rows * size);
            buffers.Gathered = Take(ref start, (long)rows * buffers.PaddedSize);
            buffers.Largest = Take(ref start, rows);
            buffers.Sums = Take(ref start, rows);
            buffers.Keys = Take(ref start, (long)KeyBlock * size);
            buffers.Values = Take(ref start, (long)KeyBlock * buffers.PaddedSize);
            buffers.Scores = Take(ref start, (long)KeyBlock * kernels.TileColumns);
            buffers.Corrections = Take(ref start, kernels.TileColumns);
            buffers.Plain = Take(ref start, (long)kernels.TileColumns * size);
            buffers.End = start;
            return buffers;
        }

        private static float* Take(ref float* place, long count)
        {
            var taken = place;
            place += (count + Alignment - 1) / Alignment * Alignment;
            return taken;
        }
    }
}
