using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>
/// y = activation(x w^T + bias), the work of nearly all layers. Few rows: each weight row is read once and multiplied with all of
/// them. Many rows: both sides are packed into panels, one slice of the depth after the other, and tiles are computed from them.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Below this many rows of x, packing costs more than it saves.</summary>
    public const int FewestPackedRows = 6;

    private const int BlockRows = 96;
    private const int BlockColumns = 128;

    /// <summary>Computes the product.</summary>
    /// <param name="kernels">The instruction set to use.</param>
    /// <param name="pool">The threads to use.</param>
    /// <param name="x">[rows, depth], contiguous.</param>
    /// <param name="rows">Rows of x and y.</param>
    /// <param name="weight">[columns, depth] in any format.</param>
    /// <param name="bias">[columns] or null.</param>
    /// <param name="y">[rows, columns].</param>
    /// <param name="activation">Applied to each result.</param>
    public static void Run(KernelSet kernels, WorkerPool pool, float* x, int rows, Tensor weight, float* bias, float* y, Activation activation)
    {
        var (columns, depth) = (weight.Shape.Rows, weight.Shape.Last);
        if (rows == 0 || columns == 0)
        {
            return;
        }

        if (weight.Format.IsGrouped())
        {
            ByteProduct.Run(kernels, pool, x, rows, weight, bias, y, activation);
            return;
        }

        var arguments = new Arguments
        {
            X = x,
            Rows = rows,
            Weight = weight.Pointer,
            Format = weight.Format,
            RowBytes = weight.Format.RowBytes(depth),
            Columns = columns,
            Depth = depth,
            Bias = bias,
            Y = y,
            Activation = activation,
            KernelIndex = kernels.Index,
        };
        if (rows < FewestPackedRows)
        {
            var perChunk = Math.Max(8, columns / (pool.Threads * 16));
            var few = new FewRows { Arguments = arguments, PerChunk = perChunk };
            pool.Run((columns + perChunk - 1) / perChunk, ref few);
            return;
        }

        RunPacked(kernels, pool, arguments);
    }

    /// <summary>Floats that the packed sides take, for a product of many rows.</summary>
    public static long ScratchFloats(KernelSet kernels, int rows, int columns, int depth)
    {
        var rowPanels = (rows + kernels.TileRows - 1) / kernels.TileRows;
        var columnPanels = (columns + kernels.TileColumns - 1) / kernels.TileColumns;
        return (((long)rowPanels * kernels.TileRows) + ((long)columnPanels * kernels.TileColumns)) * Math.Min(kernels.SliceDepth, depth);
    }

    /// <summary>Floats that each thread takes to widen weights.</summary>
    public static long ChunkScratchFloats(KernelSet kernels) => (long)kernels.TileColumns * kernels.SliceDepth;

    private static void RunPacked(KernelSet kernels, WorkerPool pool, Arguments arguments)
    {
        var (tileRows, tileColumns) = (kernels.TileRows, kernels.TileColumns);
        var rowPanels = (arguments.Rows + tileRows - 1) / tileRows;
        var columnPanels = (arguments.Columns + tileColumns - 1) / tileColumns;
        var slice = Math.Min(kernels.SliceDepth, arguments.Depth);
        var packedRows = (long)rowPanels * tileRows * slice;
        arguments.PackedX = ThreadScratch.OfCaller.Floats(ScratchFloats(kernels, arguments.Rows, arguments.Columns, arguments.Depth));
        arguments.PackedWeight = arguments.PackedX + packedRows;

        var panelsPerRowBlock = Math.Max(1, BlockRows / tileRows);
        var rowBlocks = (rowPanels + panelsPerRowBlock - 1) / panelsPerRowBlock;
        var panelsPerColumnBlock = Math.Max(1, BlockColumns / tileColumns);
        while (panelsPerColumnBlock > 1 && rowBlocks * ((columnPanels + panelsPerColumnBlock - 1) / panelsPerColumnBlock) < pool.Threads * 4)
        {
            panelsPerColumnBlock /= 2;
        }

        var columnBlocks = (columnPanels + panelsPerColumnBlock - 1) / panelsPerColumnBlock;
        for (var start = 0; start < arguments.Depth; start += kernels.SliceDepth)
        {
            arguments.SliceStart = start;
            arguments.SliceLength = Math.Min(kernels.SliceDepth, arguments.Depth - start);
            var pack = new Pack { Arguments = arguments, ColumnPanels = columnPanels };
            pool.Run(columnPanels + rowPanels, ref pack);
            var multiply = new Multiply
            {
                Arguments = arguments,
                RowPanels = rowPanels,
                ColumnPanels = columnPanels,
                PanelsPerRowBlock = panelsPerRowBlock,
                PanelsPerColumnBlock = panelsPerColumnBlock,
                RowBlocks = rowBlocks,
            };
            pool.Run(rowBlocks * columnBlocks, ref multiply);
        }
    }

    private struct Arguments
    {
        public float* X;
        public int Rows;
        public byte* Weight;
        public StorageFormat Format;
        public long RowBytes;
        public int Columns;
        public int Depth;
        public float* Bias;
        public float* Y;
        public Activation Activation;
        public int KernelIndex;
        public float* PackedX;
        public float* PackedWeight;
        public int SliceStart;
        public int SliceLength;

        public readonly KernelSet Kernels => KernelSet.Supported[KernelIndex];

        public readonly bool LastSlice => SliceStart + SliceLength == Depth;
    }

    private struct FewRows : IParallelWork
    {
        public Arguments Arguments;
        public int PerChunk;

        [MethodImpl(Jit.Kernel)]
        public readonly void Execute(int chunk)
        {
            var kernels = Arguments.Kernels;
            var first = chunk * PerChunk;
            var end = Math.Min(Arguments.Columns, first + PerChunk);
            for (var column = first; column < end; column++)
            {
                var weight = Arguments.Weight + (column * Arguments.RowBytes);
                var bias = Arguments.Bias == null ? 0f : Arguments.Bias[column];
                for (var row = 0; row < Arguments.Rows; row++)
                {
                    Arguments.Y[((long)row * Arguments.Columns) + column]
                        = kernels.Dot(Arguments.Format, weight, Arguments.X + ((long)row * Arguments.Depth), Arguments.Depth) + bias;
                }
            }

            if (Arguments.Activation != Activation.None)
            {
                for (var row = 0; row < Arguments.Rows; row++)
                {
                    kernels.Activate(Arguments.Activation, Arguments.Y + ((long)row * Arguments.Columns) + first, end - first);
                }
            }
        }
    }

    private struct Pack : IParallelWork
    {
        public Arguments Arguments;
        public int ColumnPanels;

        public readonly void Execute(int chunk)
        {
            if (chunk < ColumnPanels)
            {
                PackWeight(chunk);
            }
            else
            {
                PackX(chunk - ColumnPanels);
            }
        }

        private readonly void PackX(int panel)
        {
            var kernels = Arguments.Kernels;
            var first = panel * kernels.TileRows;
            var rows = Math.Min(kernels.TileRows, Arguments.Rows - first);
            var width = rows <= kernels.TileRows / 2 ? kernels.TileRows / 2 : kernels.TileRows;
            kernels.PackRows(
                Arguments.X + ((long)first * Arguments.Depth) + Arguments.SliceStart,
                Arguments.Depth,
                rows,
                Arguments.SliceLength,
                Arguments.PackedX + ((long)first * Arguments.SliceLength),
                width);
        }

        private readonly void PackWeight(int panel)
        {
            var kernels = Arguments.Kernels;
            var first = panel * kernels.TileColumns;
            var rows = Math.Min(kernels.TileColumns, Arguments.Columns - first);
            var packed = Arguments.PackedWeight + ((long)first * Arguments.SliceLength);
            var source = Arguments.Weight + (first * Arguments.RowBytes) + Arguments.Format.RowBytes(Arguments.SliceStart);
            if (Arguments.Format == StorageFormat.F32)
            {
                kernels.PackRows((float*)source, Arguments.Depth, rows, Arguments.SliceLength, packed, kernels.TileColumns);
                return;
            }

            var wide = ThreadScratch.OfChunk.Floats(ChunkScratchFloats(kernels));
            for (var row = 0; row < rows; row++)
            {
                kernels.Widen(Arguments.Format, source + (row * Arguments.RowBytes), wide + (row * Arguments.SliceLength), Arguments.SliceLength);
            }

            kernels.PackRows(wide, Arguments.SliceLength, rows, Arguments.SliceLength, packed, kernels.TileColumns);
        }
    }

    private struct Multiply : IParallelWork
    {
        public Arguments Arguments;
        public int RowPanels;
        public int ColumnPanels;
        public int PanelsPerRowBlock;
        public int PanelsPerColumnBlock;
        public int RowBlocks;

        [MethodImpl(Jit.Kernel)]
        public readonly void Execute(int chunk)
        {
            var kernels = Arguments.Kernels;
            // Row blocks one after the other: the column block's panels stay in the second-level cache meanwhile.
            var (rowBlock, columnBlock) = (chunk % RowBlocks, chunk / RowBlocks);
            var firstRowPanel = rowBlock * PanelsPerRowBlock;
            var endRowPanel = Math.Min(RowPanels, firstRowPanel + PanelsPerRowBlock);
            var firstColumnPanel = columnBlock * PanelsPerColumnBlock;
            var endColumnPanel = Math.Min(ColumnPanels, firstColumnPanel + PanelsPerColumnBlock);
            for (var column = firstColumnPanel; column < endColumnPanel; column++)
            {
                for (var row = firstRowPanel; row < endRowPanel; row++)
                {
                    MultiplyTile(kernels, row * kernels.TileRows, column * kernels.TileColumns);
                }
            }

            if (Arguments.LastSlice && (Arguments.Bias != null || Arguments.Activation != Activation.None))
            {
                var firstColumn = firstColumnPanel * kernels.TileColumns;
                var count = Math.Min(Arguments.Columns, endColumnPanel * kernels.TileColumns) - firstColumn;
                var endRow = Math.Min(Arguments.Rows, endRowPanel * kernels.TileRows);
                for (var row = firstRowPanel * kernels.TileRows; row < endRow; row++)
                {
                    var y = Arguments.Y + ((long)row * Arguments.Columns) + firstColumn;
                    if (Arguments.Bias != null)
                    {
                        kernels.Add(y, Arguments.Bias + firstColumn, y, count);
                    }

                    kernels.Activate(Arguments.Activation, y, count);
                }
            }
        }

        [MethodImpl(Jit.Kernel)]
        private readonly void MultiplyTile(KernelSet kernels, int row, int column)
        {
            var rows = Math.Min(kernels.TileRows, Arguments.Rows - row);
            var columns = Math.Min(kernels.TileColumns, Arguments.Columns - column);
            var half = rows <= kernels.TileRows / 2;
            var a = Arguments.PackedX + ((long)row * Arguments.SliceLength);
            var b = Arguments.PackedWeight + ((long)column * Arguments.SliceLength);
            var c = Arguments.Y + ((long)row * Arguments.Columns) + column;
            var accumulate = Arguments.SliceStart > 0;
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
                kernels.HalfTile(a, b, c, stride, Arguments.SliceLength, accumulate);
            }
            else
            {
                kernels.Tile(a, b, c, stride, Arguments.SliceLength, accumulate);
            }
        }
    }
}
