using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>
/// The product of many rows, in stages: of a stretch of columns and a slice of the depth at a time, both sides are packed into
/// panels, from which tiles are computed. (Packing the next stage meanwhile, into a second buffer, was a tenth slower: the two
/// drive each other out of the caches.)
/// </summary>
internal unsafe struct PackedProduct : IParallelWork
{
    private const int BlockRows = 96;
    private const int BlockColumns = 128;

    /// <summary>Columns of a stage: their panels and the results stay in the last-level cache from slice to slice.</summary>
    private const int StageColumns = 2048;

    private const int FewestChunksPerThread = 4;

    public ProductArguments Arguments;

    private Stage stage;
    private bool packing;

    /// <summary>Floats that the packed sides of a stage take.</summary>
    public static long ScratchFloats(KernelSet kernels, int rows, int columns, int depth)
        => (RoundUp(rows, kernels.TileRows) + (long)ColumnsPerStage(kernels, columns)) * Math.Min(kernels.SliceDepth, depth);

    /// <summary>Floats that each thread takes to widen weights.</summary>
    public static long ChunkScratchFloats(KernelSet kernels) => (long)kernels.TileColumns * kernels.SliceDepth;

    /// <summary>Computes the product.</summary>
    public static void Run(KernelSet kernels, WorkerPool pool, ProductArguments arguments)
    {
        var work = new PackedProduct { Arguments = arguments };
        var stageColumns = ColumnsPerStage(kernels, arguments.Columns);
        var scratch = ThreadScratch.OfCaller.Floats(ScratchFloats(kernels, arguments.Rows, arguments.Columns, arguments.Depth));
        for (var column = 0; column < arguments.Columns; column += stageColumns)
        {
            for (var slice = 0; slice < arguments.Depth; slice += kernels.SliceDepth)
            {
                work.stage = new Stage
                {
                    FirstColumn = column,
                    Columns = Math.Min(stageColumns, arguments.Columns - column),
                    SliceStart = slice,
                    SliceLength = Math.Min(kernels.SliceDepth, arguments.Depth - slice),
                    PackedX = scratch,
                };
                work.stage.Divide(kernels, pool.Threads, arguments.Rows);
                work.packing = true;
                pool.Run(work.stage.ColumnPanels + work.stage.RowPanels, ref work);
                work.packing = false;
                pool.Run(work.stage.RowBlocks * work.stage.ColumnBlocks, ref work);
            }
        }
    }

    /// <inheritdoc/>
    public readonly void Execute(int chunk)
    {
        if (!packing)
        {
            // Row blocks one after the other: the column block's panels stay in the second-level cache meanwhile.
            Multiply(chunk % stage.RowBlocks, chunk / stage.RowBlocks);
        }
        else if (chunk < stage.ColumnPanels)
        {
            PackWeight(chunk);
        }
        else
        {
            PackX(chunk - stage.ColumnPanels);
        }
    }

    private static int ColumnsPerStage(KernelSet kernels, int columns)
    {
        var stages = (columns + StageColumns - 1) / StageColumns;
        return RoundUp((columns + stages - 1) / stages, kernels.TileColumns);
    }

    private static int RoundUp(int value, int step) => (value + step - 1) / step * step;

    private readonly void PackX(int panel)
    {
        var kernels = Arguments.Kernels;
        var first = panel * kernels.TileRows;
        var rows = Math.Min(kernels.TileRows, Arguments.Rows - first);
        var width = rows <= kernels.TileRows / 2 ? kernels.TileRows / 2 : kernels.TileRows;
        kernels.PackRows(
            Arguments.X + ((long)first * Arguments.Depth) + stage.SliceStart,
            Arguments.Depth,
            rows,
            stage.SliceLength,
            stage.PackedX + ((long)first * stage.SliceLength),
            width);
    }

    private readonly void PackWeight(int panel)
    {
        var kernels = Arguments.Kernels;
        var first = panel * kernels.TileColumns;
        var rows = Math.Min(kernels.TileColumns, stage.Columns - first);
        var packed = stage.PackedWeight + ((long)first * stage.SliceLength);
        var source = Arguments.Weight + ((stage.FirstColumn + first) * Arguments.RowBytes) + Arguments.Format.RowBytes(stage.SliceStart);
        kernels.PackStored(Arguments.Format, source, Arguments.RowBytes, rows, stage.SliceLength, packed, ThreadScratch.OfChunk.Floats(ChunkScratchFloats(kernels)));
    }

    [MethodImpl(Jit.Kernel)]
    private readonly void Multiply(int rowBlock, int columnBlock)
    {
        var kernels = Arguments.Kernels;
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

        if (stage.SliceStart + stage.SliceLength == Arguments.Depth)
        {
            var firstColumn = firstColumnPanel * kernels.TileColumns;
            var count = Math.Min(stage.Columns, endColumnPanel * kernels.TileColumns) - firstColumn;
            var firstRow = firstRowPanel * kernels.TileRows;
            Arguments.Finish(firstRow, Math.Min(Arguments.Rows, endRowPanel * kernels.TileRows) - firstRow, stage.FirstColumn + firstColumn, count);
        }
    }

    [MethodImpl(Jit.Kernel)]
    private readonly void MultiplyTile(KernelSet kernels, int row, int column)
    {
        var rows = Math.Min(kernels.TileRows, Arguments.Rows - row);
        var columns = Math.Min(kernels.TileColumns, stage.Columns - column);
        var half = rows <= kernels.TileRows / 2;
        var a = stage.PackedX + ((long)row * stage.SliceLength);
        var b = stage.PackedWeight + ((long)column * stage.SliceLength);
        var c = Arguments.Y + ((long)row * Arguments.Columns) + stage.FirstColumn + column;
        var accumulate = stage.SliceStart > 0;
        if (columns == kernels.TileColumns && rows == (half ? kernels.TileRows / 2 : kernels.TileRows))
        {
            Tile(kernels, half, a, b, c, Arguments.Columns, accumulate);
            return;
        }

        const int MaxTile = 12 * 32;
        var edge = stackalloc float[MaxTile];
        Tile(kernels, half, a, b, edge, kernels.TileColumns, accumulate: false);
        for (var i = 0; i < rows; i++)
        {
            var from = edge + (i * kernels.TileColumns);
            var to = c + ((long)i * Arguments.Columns);
            for (var j = 0; j < columns; j++)
            {
                to[j] = accumulate ? to[j] + from[j] : from[j];
            }
        }
    }

    private readonly void Tile(KernelSet kernels, bool half, float* a, float* b, float* c, int stride, bool accumulate)
    {
        if (half)
        {
            kernels.HalfTile(a, b, c, stride, stage.SliceLength, accumulate);
        }
        else
        {
            kernels.Tile(a, b, c, stride, stage.SliceLength, accumulate);
        }
    }

    /// <summary>A stretch of columns and a slice of the depth.</summary>
    private struct Stage
    {
        public int FirstColumn;
        public int Columns;
        public int SliceStart;
        public int SliceLength;
        public int RowPanels;
        public int ColumnPanels;
        public int PanelsPerRowBlock;
        public int PanelsPerColumnBlock;
        public int RowBlocks;
        public float* PackedX;
        public float* PackedWeight;

        public readonly int ColumnBlocks => (ColumnPanels + PanelsPerColumnBlock - 1) / PanelsPerColumnBlock;

        public void Divide(KernelSet kernels, int threads, int rows)
        {
            RowPanels = (rows + kernels.TileRows - 1) / kernels.TileRows;
            ColumnPanels = (Columns + kernels.TileColumns - 1) / kernels.TileColumns;
            PackedWeight = PackedX + ((long)RowPanels * kernels.TileRows * SliceLength);
            PanelsPerRowBlock = Math.Max(1, BlockRows / kernels.TileRows);
            RowBlocks = (RowPanels + PanelsPerRowBlock - 1) / PanelsPerRowBlock;
            PanelsPerColumnBlock = Math.Max(1, BlockColumns / kernels.TileColumns);
            while (PanelsPerColumnBlock > 1 && RowBlocks * ColumnBlocks < threads * FewestChunksPerThread)
            {
                PanelsPerColumnBlock /= 2;
            }
        }
    }
}
