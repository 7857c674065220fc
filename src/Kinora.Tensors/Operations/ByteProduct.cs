using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Kernels.Bytes;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>
/// y = activation(x w^T + bias) for weights in groups of rows: x is rounded to bytes, 32 columns to a scale, and multiplied
/// without widening the weights. What rounding x costs is about a two-hundredth of its norm per block, less than what rounding
/// the weights did.
/// </summary>
internal static unsafe class ByteProduct
{
    /// <summary>Rows of x that pass by a group of weights before the next rows come: they stay in the second-level cache.</summary>
    private const int BlockRows = 192;

    /// <summary>Bytes that x takes, rounded.</summary>
    public static long ScratchBytes(int rows, int depth) => (long)Panels(rows) * PanelRows(rows) * (depth / StorageFormats.BlockLength) * ByteKernelSet.RowBlockBytes;

    /// <summary>Computes the product.</summary>
    public static void Run(KernelSet kernels, WorkerPool pool, float* x, int rows, Tensor weight, float* bias, float* y, Activation activation)
    {
        var (panel, panels) = (PanelRows(rows), Panels(rows));
        var blocks = weight.Shape.Last / StorageFormats.BlockLength;
        var panelBytes = (long)panel * blocks * ByteKernelSet.RowBlockBytes;
        var packed = (byte*)ThreadScratch.OfCaller.Floats(ScratchBytes(rows, weight.Shape.Last) / sizeof(float));
        var round = new RoundX { KernelIndex = kernels.Index, X = x, Rows = rows, Blocks = blocks, Panel = panel, Packed = packed, PanelBytes = panelBytes };
        pool.Run(panels, ref round);

        var groups = (weight.Shape.Rows + RowGroups.Rows - 1) / RowGroups.Rows;
        var panelsPerBlock = Math.Max(1, BlockRows / panel);
        var multiply = new Multiply
        {
            Round = round,
            Panels = panels,
            PanelsPerBlock = panelsPerBlock,
            Weight = weight.Pointer,
            Format = weight.Format,
            Columns = weight.Shape.Rows,
            Groups = groups,
            GroupsPerChunk = Math.Clamp(groups / (pool.Threads * 8), 1, 8),
            Bias = bias,
            Y = y,
            Activation = activation,
        };
        pool.Run((panels + panelsPerBlock - 1) / panelsPerBlock * multiply.GroupChunks, ref multiply);
    }

    /// <summary>Floats that each thread takes for the scales of a group; a single row needs none.</summary>
    public static long ChunkScratchFloats(int rows, int depth) => PanelRows(rows) == 1 ? 0 : (long)(depth / StorageFormats.BlockLength) * RowGroups.Rows;

    private static int PanelRows(int rows) => rows == 1 ? 1 : ByteKernelSet.TileRows;

    private static int Panels(int rows) => (rows + PanelRows(rows) - 1) / PanelRows(rows);

    private struct RoundX : IParallelWork
    {
        public int KernelIndex;
        public float* X;
        public int Rows;
        public int Blocks;
        public int Panel;
        public byte* Packed;
        public long PanelBytes;

        public readonly KernelSet Kernels => KernelSet.Supported[KernelIndex];

        public readonly void Execute(int chunk)
        {
            var depth = Blocks * StorageFormats.BlockLength;
            var first = chunk * Panel;
            Kernels.Bytes.RoundRows(X + ((long)first * depth), depth, Math.Min(Panel, Rows - first), Blocks, Panel, Packed + (chunk * PanelBytes));
        }
    }

    private struct Multiply : IParallelWork
    {
        public RoundX Round;
        public int Panels;
        public int PanelsPerBlock;
        public byte* Weight;
        public StorageFormat Format;
        public int Columns;
        public int Groups;
        public int GroupsPerChunk;
        public float* Bias;
        public float* Y;
        public Activation Activation;

        public readonly int GroupChunks => (Groups + GroupsPerChunk - 1) / GroupsPerChunk;

        [MethodImpl(Jit.Kernel)]
        public readonly void Execute(int chunk)
        {
            var kernels = Round.Kernels;
            var (block, groupChunk) = (chunk / GroupChunks, chunk % GroupChunks);
            var firstPanel = block * PanelsPerBlock;
            var endPanel = Math.Min(Panels, firstPanel + PanelsPerBlock);
            var firstGroup = groupChunk * GroupsPerChunk;
            var endGroup = Math.Min(Groups, firstGroup + GroupsPerChunk);
            var groupBytes = (long)RowGroups.BlockBytes(Format) * Round.Blocks;
            var scales = Round.Panel == 1 ? null : ThreadScratch.OfChunk.Floats(ChunkScratchFloats(Round.Rows, Round.Blocks * StorageFormats.BlockLength));
            for (var group = firstGroup; group < endGroup; group++)
            {
                if (scales != null)
                {
                    kernels.Bytes.WidenScales(Format, Weight + (group * groupBytes), Round.Blocks, scales);
                }

                for (var panel = firstPanel; panel < endPanel; panel++)
                {
                    One(kernels.Bytes, Weight + (group * groupBytes), scales, group * RowGroups.Rows, panel);
                }
            }

            var firstColumn = firstGroup * RowGroups.Rows;
            var count = Math.Min(Columns, endGroup * RowGroups.Rows) - firstColumn;
            var endRow = Math.Min(Round.Rows, endPanel * Round.Panel);
            if (Bias == null && Activation == Activation.None)
            {
                return;
            }

            for (var row = firstPanel * Round.Panel; row < endRow; row++)
            {
                var y = Y + ((long)row * Columns) + firstColumn;
                if (Bias != null)
                {
                    kernels.Add(y, Bias + firstColumn, y, count);
                }

                kernels.Activate(Activation, y, count);
            }
        }

        /// <summary>One group of weights and one panel of x; at the edges by way of a whole tile, of which a part is kept.</summary>
        [MethodImpl(Jit.Kernel)]
        private readonly void One(ByteKernelSet kernels, byte* group, float* scales, int column, int panel)
        {
            var row = panel * Round.Panel;
            var rows = Math.Min(Round.Panel, Round.Rows - row);
            var columns = Math.Min(RowGroups.Rows, Columns - column);
            var x = Round.Packed + (panel * Round.PanelBytes);
            var y = Y + ((long)row * Columns) + column;
            var whole = rows == Round.Panel && columns == RowGroups.Rows;
            var edge = stackalloc float[ByteKernelSet.TileRows * RowGroups.Rows];
            var target = whole ? y : edge;
            var stride = whole ? Columns : RowGroups.Rows;
            if (Round.Panel == 1)
            {
                kernels.Row(Format, group, x, Round.Blocks, target);
            }
            else
            {
                kernels.Tile(Format, group, scales, x, Round.Blocks, target, stride);
            }

            for (var i = 0; i < rows && !whole; i++)
            {
                new ReadOnlySpan<float>(edge + (i * RowGroups.Rows), columns).CopyTo(new Span<float>(y + ((long)i * Columns), columns));
            }
        }
    }
}
