using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>
/// Means over the cells of a grid, see <see cref="TensorOperations.AdaptivePool"/>; going back, each place gathers its share of the cells
/// that it lies in. Either way every row of the result is written by one thread, in an order that the shapes alone decide.
/// </summary>
internal unsafe struct PoolCells : IParallelWork
{
    private const int ValuesPerChunk = 1 << 14;

    /// <summary>The grid that is averaged, [places, channels].</summary>
    public float* X;

    /// <summary>The means, [cells, channels].</summary>
    public float* Y;

    public (int Time, int Height, int Width) Places;
    public (int Time, int Height, int Width) Cells;
    public int Channels;
    public int KernelIndex;

    private bool back;
    private int rows;
    private int rowsPerChunk;

    /// <summary>y = the means of x.</summary>
    public static void Forward(WorkerPool pool, PoolCells work) => Run(pool, work, work.Cells);

    /// <summary>x += the shares of y.</summary>
    public static void Back(WorkerPool pool, PoolCells work) => Run(pool, work with { back = true }, work.Places);

    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var kernels = KernelSet.Supported[KernelIndex];
        var end = Math.Min(rows, (chunk + 1) * rowsPerChunk);
        for (var row = chunk * rowsPerChunk; row < end; row++)
        {
            if (back)
            {
                Scatter(kernels, row);
            }
            else
            {
                Gather(kernels, row);
            }
        }
    }

    private static void Run(WorkerPool pool, PoolCells work, (int Time, int Height, int Width) results)
    {
        work.rows = results.Time * results.Height * results.Width;
        work.rowsPerChunk = Math.Max(1, ValuesPerChunk / Math.Max(1, work.Channels));
        pool.Run((work.rows + work.rowsPerChunk - 1) / work.rowsPerChunk, ref work);
    }

    /// <summary>Cell k of an axis takes places floor(k I / n) to ceil((k + 1) I / n); the cells that place i lies in follow from the same rule with places and cells exchanged.</summary>
    private static (int First, int End) Range(int k, int cells, int places) => ((int)((long)k * places / cells), (int)((((long)k + 1) * places + cells - 1) / cells));

    private readonly void Gather(KernelSet kernels, int cell)
    {
        var (t0, t1) = Range(cell / (Cells.Height * Cells.Width), Cells.Time, Places.Time);
        var (h0, h1) = Range(cell / Cells.Width % Cells.Height, Cells.Height, Places.Height);
        var (w0, w1) = Range(cell % Cells.Width, Cells.Width, Places.Width);
        var share = 1f / ((t1 - t0) * (h1 - h0) * (w1 - w0));
        var y = Y + ((long)cell * Channels);
        new Span<float>(y, Channels).Clear();
        for (var t = t0; t < t1; t++)
        {
            for (var h = h0; h < h1; h++)
            {
                for (var w = w0; w < w1; w++)
                {
                    kernels.AddScaled(X + (((((long)t * Places.Height) + h) * Places.Width) + w) * Channels, share, y, Channels);
                }
            }
        }
    }

    private readonly void Scatter(KernelSet kernels, int place)
    {
        var (t0, t1) = Range(place / (Places.Height * Places.Width), Places.Time, Cells.Time);
        var (h0, h1) = Range(place / Places.Width % Places.Height, Places.Height, Cells.Height);
        var (w0, w1) = Range(place % Places.Width, Places.Width, Cells.Width);
        var x = X + ((long)place * Channels);
        for (var t = t0; t < t1; t++)
        {
            for (var h = h0; h < h1; h++)
            {
                for (var w = w0; w < w1; w++)
                {
                    var share = 1f / (Length(t, Cells.Time, Places.Time) * Length(h, Cells.Height, Places.Height) * Length(w, Cells.Width, Places.Width));
                    kernels.AddScaled(Y + (((((long)t * Cells.Height) + h) * Cells.Width) + w) * Channels, share, x, Channels);
                }
            }
        }
    }

    private static int Length(int k, int cells, int places)
    {
        var (first, end) = Range(k, cells, places);
        return end - first;
    }
}
