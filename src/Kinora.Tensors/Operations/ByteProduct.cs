using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Kernels.Bytes;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>
/// The product for weights in groups of rows: x is rounded to bytes, 32 columns to a scale, and multiplied without widening the
/// weights. What rounding x costs is about a two-hundredth of its norm per block, less than what rounding the weights did.
/// </summary>
internal unsafe struct ByteProduct : IParallelWork
{
    /// <summary>Rows of x that pass by a group of weights before the next rows come: they stay in the second-level cache.</summary>
    private const int BlockRows = 192;

    public ProductArguments Arguments;

    private byte* packed;
    private ShrinkingChunks groupChunks;
    private bool rounding;

    private readonly int PanelRows => PanelRowsOf(Arguments.Rows);

    private readonly int Panels => PanelsOf(Arguments.Rows);

    private readonly int PanelsPerBlock => Math.Max(1, BlockRows / PanelRows);

    private readonly int Blocks => Arguments.Depth / StorageFormats.BlockLength;

    private readonly long PanelBytes => (long)PanelRows * Blocks * ByteKernelSet.RowBlockBytes;

    private readonly int Groups => (Arguments.Columns + RowGroups.Rows - 1) / RowGroups.Rows;

    /// <summary>Bytes that x takes, rounded.</summary>
    public static long ScratchBytes(int rows, int depth) => (long)PanelsOf(rows) * PanelRowsOf(rows) * (depth / StorageFormats.BlockLength) * ByteKernelSet.RowBlockBytes;

    /// <summary>Floats that each thread takes for the scales of a group; a single row has no use for them.</summary>
    public static long ChunkScratchFloats(int rows, int depth) => rows == 1 ? 0 : (long)(depth / StorageFormats.BlockLength) * RowGroups.Rows;

    /// <summary>Computes the product.</summary>
    public static void Run(WorkerPool pool, ProductArguments arguments)
    {
        var work = new ByteProduct { Arguments = arguments, rounding = true };
        work.packed = (byte*)ThreadScratch.OfCaller.Floats(ScratchBytes(arguments.Rows, arguments.Depth) / sizeof(float));
        work.groupChunks = new ShrinkingChunks(work.Groups, pool.Threads);
        pool.Run(work.Panels, ref work);
        work.rounding = false;
        pool.Run((work.Panels + work.PanelsPerBlock - 1) / work.PanelsPerBlock * work.groupChunks.Count, ref work);
    }

    /// <inheritdoc/>
    public readonly void Execute(int chunk)
    {
        if (rounding)
        {
            var first = chunk * PanelRows;
            Arguments.Kernels.Bytes.RoundRows(
                Arguments.X + ((long)first * Arguments.Depth), Arguments.Depth, Math.Min(PanelRows, Arguments.Rows - first), Blocks, PanelRows, packed + (chunk * PanelBytes));
        }
        else
        {
            var (firstGroup, endGroup) = groupChunks.Range(chunk % groupChunks.Count);
            Multiply(chunk / groupChunks.Count * PanelsPerBlock, firstGroup, endGroup);
        }
    }

    private static int PanelRowsOf(int rows) => rows == 1 ? 1 : ByteKernelSet.TileRows;

    private static int PanelsOf(int rows) => (rows + PanelRowsOf(rows) - 1) / PanelRowsOf(rows);

    [MethodImpl(Jit.Kernel)]
    private readonly void Multiply(int firstPanel, int firstGroup, int endGroup)
    {
        var kernels = Arguments.Kernels.Bytes;
        var endPanel = Math.Min(Panels, firstPanel + PanelsPerBlock);
        var groupBytes = (long)RowGroups.BlockBytes(Arguments.Format) * Blocks;
        var scales = PanelRows == 1 ? null : ThreadScratch.OfChunk.Floats(ChunkScratchFloats(Arguments.Rows, Arguments.Depth));
        for (var group = firstGroup; group < endGroup; group++)
        {
            var weights = Arguments.Weight + (group * groupBytes);
            if (scales != null)
            {
                kernels.WidenScales(Arguments.Format, weights, Blocks, scales);
            }

            for (var panel = firstPanel; panel < endPanel; panel++)
            {
                Tile(kernels, weights, scales, group * RowGroups.Rows, panel);
            }
        }

        var firstColumn = firstGroup * RowGroups.Rows;
        var firstRow = firstPanel * PanelRows;
        Arguments.Finish(firstRow, Math.Min(Arguments.Rows, endPanel * PanelRows) - firstRow, firstColumn, Math.Min(Arguments.Columns, endGroup * RowGroups.Rows) - firstColumn);
    }

    /// <summary>One group of weights and one panel of x; at the edges by way of a whole tile, of which a part is kept.</summary>
    [MethodImpl(Jit.Kernel)]
    private readonly void Tile(ByteKernelSet kernels, byte* group, float* scales, int column, int panel)
    {
        var row = panel * PanelRows;
        var rows = Math.Min(PanelRows, Arguments.Rows - row);
        var columns = Math.Min(RowGroups.Rows, Arguments.Columns - column);
        var x = packed + (panel * PanelBytes);
        var y = Arguments.Y + ((long)row * Arguments.Columns) + column;
        var whole = rows == PanelRows && columns == RowGroups.Rows;
        var edge = stackalloc float[ByteKernelSet.TileRows * RowGroups.Rows];
        var target = whole ? y : edge;
        if (PanelRows == 1)
        {
            kernels.Row(Arguments.Format, group, x, Blocks, target);
        }
        else
        {
            kernels.Tile(Arguments.Format, group, scales, x, Blocks, target, whole ? Arguments.Columns : RowGroups.Rows);
        }

        for (var i = 0; i < rows && !whole; i++)
        {
            new ReadOnlySpan<float>(edge + (i * RowGroups.Rows), columns).CopyTo(new Span<float>(y + ((long)i * Arguments.Columns), columns));
        }
    }
}
