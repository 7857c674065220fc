using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>
/// The product of many rows, in stages: of a stretch of columns, a slice of the depth and a stretch of rows at a time, both sides are
/// packed into panels, from which tiles are computed. (Packing the next stage meanwhile, into a second buffer, was a tenth slower: the
/// two drive each other out of the caches.) A side that lies depth by depth is packed without transposing it, many panels at a time.
/// </summary>
internal unsafe struct PackedProduct : IParallelWork
{
    private const int BlockRows = 96;
    private const int BlockColumns = 128;

    /// <summary>Columns of a stage: their panels and the results stay in the last-level cache from slice to slice.</summary>
    private const int StageColumns = 2048;

    /// <summary>Rows of a stage: a vocabulary's gradient has tens of thousands, more than caches hold when packed.</summary>
    private const int StageRows = 6144;

    private const int FewestChunksPerThread = 4;

    private GeneralProductArguments arguments;
    private ProductArguments layer;
    private int kernelIndex;
    private Stage stage;
    private bool packing;

    /// <summary>Floats that the packed sides of a stage take.</summary>
    public static long ScratchFloats(KernelSet kernels, int rows, int columns, int depth)
        => ((long)RowsPerStage(rows) + ColumnsPerStage(columns)) * Math.Min(kernels.SliceDepth, depth);

    /// <summary>Floats that each thread takes to widen weights.</summary>
    public static long ChunkScratchFloats(KernelSet kernels) => (long)kernels.TileColumns * kernels.SliceDepth;

    /// <summary>Computes the product.</summary>
    /// <param name="kernels">The instruction set to use.</param>
    /// <param name="pool">The threads to use.</param>
    /// <param name="arguments">What to compute; no extent is zero.</param>
    /// <param name="layer">The linear layer whose bias and activation finish the results, if it is one.</param>
    public static void Run(KernelSet kernels, WorkerPool pool, in GeneralProductArguments arguments, in ProductArguments layer = default)
    {
        var work = new PackedProduct { arguments = arguments, layer = layer, kernelIndex = kernels.Index };
        var (stageRows, stageColumns) = (RowsPerStage(arguments.Rows), ColumnsPerStage(arguments.Columns));
        var scratch = ThreadScratch.OfCaller.Floats(ScratchFloats(kernels, arguments.Rows, arguments.Columns, arguments.Depth));
        for (var column = 0; column < arguments.Columns; column += stageColumns)
        {
            for (var slice = 0; slice < arguments.Depth; slice += kernels.SliceDepth)
            {
                for (var row = 0; row < arguments.Rows; row += stageRows)
                {
                    work.stage = new Stage
                    {
                        FirstRow = row,
                        Rows = Math.Min(stageRows, arguments.Rows - row),
                        FirstColumn = column,
                        Columns = Math.Min(stageColumns, arguments.Columns - column),
                        SliceStart = slice,
                        SliceLength = Math.Min(kernels.SliceDepth, arguments.Depth - slice),
                        PackedB = scratch,
                    };
                    work.stage.Divide(kernels, pool.Threads, arguments.TransposeA, arguments.TransposeB);
                    work.packing = true;
                    pool.Run(work.stage.ChunksOfB + work.stage.ChunksOfA, ref work);
                    work.packing = false;
                    pool.Run(work.stage.RowBlocks * work.stage.ColumnBlocks, ref work);
                }
            }
        }
    }

    /// <inheritdoc/>
    public readonly void Execute(int chunk)
    {
        var kernels = KernelSet.Supported[kernelIndex];
        if (!packing)
        {
            // Row blocks one after the other: the column block's panels stay in the second-level cache meanwhile.
            Multiply(kernels, chunk % stage.RowBlocks, chunk / stage.RowBlocks);
        }
        else if (chunk < stage.ChunksOfB)
        {
            PackB(kernels, chunk * stage.PanelsPerChunkOfB);
        }
        else
        {
            PackA(kernels, (chunk - stage.ChunksOfB) * stage.PanelsPerChunkOfA);
        }
    }

    private static int RowsPerStage(int rows) => PerStage(rows, StageRows, 12);

    /// <summary>Whole panels of every instruction set, and whole blocks of quantised rows.</summary>
    private static int ColumnsPerStage(int columns) => PerStage(columns, StageColumns, 32);

    private static int PerStage(int count, int most, int step)
    {
        var stages = (count + most - 1) / most;
        return (((count + stages - 1) / stages) + step - 1) / step * step;
    }

    private readonly void PackA(KernelSet kernels, int panel)
    {
        var first = panel * kernels.TileRows;
        var rows = Math.Min(stage.PanelsPerChunkOfA * kernels.TileRows, stage.Rows - first);
        var packed = stage.PackedA + ((long)first * stage.SliceLength);
        var (row, stride) = (stage.FirstRow + first, (nint)arguments.AStride);
        if (arguments.TransposeA)
        {
            PackingColumns.Copy(arguments.A + (stage.SliceStart * arguments.AStride) + row, stride, stage.SliceLength, rows, packed, kernels.TileRows);
        }
        else
        {
            kernels.PackRows(arguments.A + (row * arguments.AStride) + stage.SliceStart, stride, rows, stage.SliceLength, packed, Panels.Rows(kernels, rows));
        }
    }

    private readonly void PackB(KernelSet kernels, int panel)
    {
        var first = panel * kernels.TileColumns;
        var columns = Math.Min(stage.PanelsPerChunkOfB * kernels.TileColumns, stage.Columns - first);
        var packed = stage.PackedB + ((long)first * stage.SliceLength);
        var (column, format) = (stage.FirstColumn + first, arguments.Format);
        if (arguments.TransposeB)
        {
            var source = arguments.B + (column * arguments.BRowBytes) + format.RowBytes(stage.SliceStart);
            kernels.PackStored(format, source, arguments.BRowBytes, columns, stage.SliceLength, packed, ThreadScratch.OfChunk.Floats(ChunkScratchFloats(kernels)));
        }
        else
        {
            var along = format.RowBytes(column) * (format.IsGrouped() ? StorageFormats.GroupRows : 1);
            kernels.PackColumns(format, arguments.B + (stage.SliceStart * arguments.BRowBytes) + along, arguments.BRowBytes, stage.SliceLength, columns, packed);
        }
    }

    [MethodImpl(Jit.Kernel)]
    private readonly void Multiply(KernelSet kernels, int rowBlock, int columnBlock)
    {
        var firstRowPanel = rowBlock * stage.PanelsPerRowBlock;
        var endRowPanel = Math.Min(stage.RowPanels, firstRowPanel + stage.PanelsPerRowBlock);
        var firstColumnPanel = columnBlock * stage.PanelsPerColumnBlock;
        var endColumnPanel = Math.Min(stage.ColumnPanels, firstColumnPanel + stage.PanelsPerColumnBlock);
        for (var column = firstColumnPanel; column < endColumnPanel; column++)
        {
            for (var row = firstRowPanel; row < endRowPanel; row++)
            {
                MultiplyTile(kernels, row * kernels.TileRows, column * kernels.TileColumns);
            }
        }

        if (stage.SliceStart + stage.SliceLength == arguments.Depth)
        {
            var firstColumn = firstColumnPanel * kernels.TileColumns;
            var count = Math.Min(stage.Columns, endColumnPanel * kernels.TileColumns) - firstColumn;
            var firstRow = firstRowPanel * kernels.TileRows;
            layer.Finish(stage.FirstRow + firstRow, Math.Min(stage.Rows, endRowPanel * kernels.TileRows) - firstRow, stage.FirstColumn + firstColumn, count);
        }
    }

    [MethodImpl(Jit.Kernel)]
    private readonly void MultiplyTile(KernelSet kernels, int row, int column)
    {
        var rows = Math.Min(kernels.TileRows, stage.Rows - row);
        var columns = Math.Min(kernels.TileColumns, stage.Columns - column);
        if (arguments.UpperTriangle && stage.FirstColumn + column + columns <= stage.FirstRow + row)
        {
            return;
        }

        var panel = Panels.Rows(kernels, rows);
        var a = stage.PackedA + ((long)row * stage.SliceLength);
        var b = stage.PackedB + ((long)column * stage.SliceLength);
        var c = arguments.C + ((stage.FirstRow + row) * arguments.CStride) + stage.FirstColumn + column;
        var accumulate = arguments.Accumulate || stage.SliceStart > 0;
        if (columns == kernels.TileColumns && rows == panel)
        {
            Panels.Tile(kernels, panel, a, b, c, (nint)arguments.CStride, stage.SliceLength, accumulate);
            return;
        }

        const int MaxTile = 12 * 32;
        var edge = stackalloc float[MaxTile];
        Panels.Tile(kernels, panel, a, b, edge, kernels.TileColumns, stage.SliceLength, accumulate: false);
        for (var i = 0; i < rows; i++)
        {
            var from = edge + (i * kernels.TileColumns);
            var to = c + (i * arguments.CStride);
            for (var j = 0; j < columns; j++)
            {
                to[j] = accumulate ? to[j] + from[j] : from[j];
            }
        }
    }

    /// <summary>A stretch of columns, a slice of the depth and a stretch of rows.</summary>
    private struct Stage
    {
        public int FirstRow;
        public int Rows;
        public int FirstColumn;
        public int Columns;
        public int SliceStart;
        public int SliceLength;
        public int RowPanels;
        public int ColumnPanels;
        public int PanelsPerRowBlock;
        public int PanelsPerColumnBlock;
        public int PanelsPerChunkOfA;
        public int PanelsPerChunkOfB;
        public int ChunksOfA;
        public int ChunksOfB;
        public int RowBlocks;
        public float* PackedA;
        public float* PackedB;

        public readonly int ColumnBlocks => Parts(ColumnPanels, PanelsPerColumnBlock);

        public void Divide(KernelSet kernels, int threads, bool transposeA, bool transposeB)
        {
            RowPanels = Parts(Rows, kernels.TileRows);
            ColumnPanels = Parts(Columns, kernels.TileColumns);
            PackedA = PackedB + ((long)ColumnPanels * kernels.TileColumns * SliceLength);
            PanelsPerRowBlock = Math.Max(1, BlockRows / kernels.TileRows);
            RowBlocks = Parts(RowPanels, PanelsPerRowBlock);
            PanelsPerColumnBlock = Math.Max(1, BlockColumns / kernels.TileColumns);

            // A packed side of the slice serves all rows: it is there already when the first stretch of them is done.
            PanelsPerChunkOfA = transposeA ? PanelsPerRowBlock : 1;
            PanelsPerChunkOfB = transposeB ? 1 : PanelsPerColumnBlock;
            ChunksOfA = Parts(RowPanels, PanelsPerChunkOfA);
            ChunksOfB = FirstRow > 0 ? 0 : Parts(ColumnPanels, PanelsPerChunkOfB);
            while (PanelsPerColumnBlock > 1 && RowBlocks * ColumnBlocks < threads * FewestChunksPerThread)
            {
                PanelsPerColumnBlock /= 2;
            }
        }

        private static int Parts(int count, int size) => (count + size - 1) / size;
    }
}
