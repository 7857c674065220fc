using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>
/// Means over the cells of a grid; going back, each stored row gathers its share of the cells that it lies in. Either way every row of
/// the result is written by one thread, in an order that the grid alone decides.
/// </summary>
internal unsafe struct PoolCells : IParallelWork
{
    private const int ValuesPerChunk = 1 << 14;

    public PoolGrid Grid;

    /// <summary>What is averaged, [rows of the grid, channels]; its gradient when going back.</summary>
    public float* X;

    /// <summary>The means, [cells of the grid, channels]; their gradients when going back.</summary>
    public float* Y;

    public int Channels;
    public bool Back;
    public int KernelIndex;

    private int rowsPerChunk;

    private readonly int Rows => Back ? Grid.Rows : Grid.Cells;

    /// <summary>y = the means of x, or back: x += the shares of y.</summary>
    public static void Run(WorkerPool pool, PoolCells work)
    {
        work.rowsPerChunk = Math.Max(1, ValuesPerChunk / Math.Max(1, work.Channels));
        pool.Run((work.Rows + work.rowsPerChunk - 1) / work.rowsPerChunk, ref work);
    }

    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var kernels = KernelSet.Supported[KernelIndex];
        var end = Math.Min(Rows, (chunk + 1) * rowsPerChunk);
        for (var row = chunk * rowsPerChunk; row < end; row++)
        {
            if (Back)
            {
                Spread(kernels, row);
            }
            else
            {
                Gather(kernels, row);
            }
        }
    }

    /// <summary>Cell k of an axis takes places floor(k I / n) to ceil((k + 1) I / n). The cells that place i lies in follow from the same rule with places and cells exchanged.</summary>
    private static (int First, int End) Range(int k, int cells, int places) => ((int)((long)k * places / cells), (int)((((long)k + 1) * places + cells - 1) / cells));

    private static int Length(int k, int cells, int places)
    {
        var (first, end) = Range(k, cells, places);
        return end - first;
    }

    private readonly void Gather(KernelSet kernels, int cell)
    {
        var (t0, t1) = Range(cell / (Grid.HeightCells * Grid.WidthCells), Grid.TimeCells, Grid.Time);
        var (h0, h1) = Range(cell / Grid.WidthCells % Grid.HeightCells, Grid.HeightCells, Grid.Height);
        var (w0, w1) = Range(cell % Grid.WidthCells, Grid.WidthCells, Grid.Width);
        var share = 1f / ((t1 - t0) * (h1 - h0) * (w1 - w0));
        var y = Y + ((long)cell * Channels);
        new Span<float>(y, Channels).Clear();
        for (var t = t0; t < t1; t++)
        {
            for (var h = h0; h < h1; h++)
            {
                for (var w = w0; w < w1; w++)
                {
                    kernels.AddScaled(X + (((((long)Grid.EntryAt(t) * Grid.Height) + h) * Grid.Width) + w) * Channels, share, y, Channels);
                }
            }
        }
    }

    private readonly void Spread(KernelSet kernels, int row)
    {
        var entry = row / (Grid.Height * Grid.Width);
        var (h0, h1) = Range(row / Grid.Width % Grid.Height, Grid.Height, Grid.HeightCells);
        var (w0, w1) = Range(row % Grid.Width, Grid.Width, Grid.WidthCells);
        var x = X + ((long)row * Channels);
        for (var time = Grid.FirstOf(entry); time < Grid.FirstOf(entry + 1); time++)
        {
            var (t0, t1) = Range(time, Grid.Time, Grid.TimeCells);
            for (var t = t0; t < t1; t++)
            {
                for (var h = h0; h < h1; h++)
                {
                    for (var w = w0; w < w1; w++)
                    {
                        var share = 1f / (Length(t, Grid.TimeCells, Grid.Time) * Length(h, Grid.HeightCells, Grid.Height) * Length(w, Grid.WidthCells, Grid.Width));
                        kernels.AddScaled(Y + (((((long)t * Grid.HeightCells) + h) * Grid.WidthCells) + w) * Channels, share, x, Channels);
                    }
                }
            }
        }
    }
}
