using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>
/// Brings the singular values of a matrix near 1 and leaves its singular vectors, by five steps x = a x + b (x x^T) x + c (x x^T)^2 x with
/// Jordan's coefficients (2024). They end between 0.7 and 1.2, not at 1: steep at zero was worth more than exact.
/// </summary>
/// <remarks>
/// A matrix with more rows than columns is multiplied from the other side, with x^T x, so that the square products have the shorter side and
/// nothing is transposed. Those are symmetric: what lies below their diagonal is copied from above it.
/// </remarks>
internal static unsafe class NewtonSchulz
{
    private const int Steps = 5;
    private const float A = 3.4445f;
    private const float B = -4.775f;
    private const float C = 2.0315f;

    /// <summary>Keeps a matrix of zeros what it is.</summary>
    private const double Least = 1e-7;

    private const int MirroredBlock = 16;

    /// <summary>Multiplications and additions, half of a symmetric product counted.</summary>
    public static double Flops(int rows, int columns)
    {
        double shorter = Math.Min(rows, columns);
        return Steps * shorter * ((3.0 * rows * columns) + (shorter * shorter));
    }

    /// <summary>Floats that it takes beside the matrix.</summary>
    public static long ScratchFloats(int rows, int columns)
    {
        long shorter = Math.Min(rows, columns);
        return ((long)rows * columns) + (3 * shorter * shorter);
    }

    /// <summary>Orthogonalises a matrix.</summary>
    /// <param name="kernels">The instruction set to use.</param>
    /// <param name="pool">The threads to use.</param>
    /// <param name="x">[rows, columns]; overwritten.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, at least 1; values all together fit a 32-bit number.</param>
    /// <param name="scratch"><see cref="ScratchFloats"/> floats.</param>
    /// <returns>Where the result lies: somewhere in <paramref name="scratch"/>.</returns>
    public static float* Run(KernelSet kernels, WorkerPool pool, float* x, int rows, int columns, float* scratch)
    {
        var (count, n, wide) = (rows * columns, Math.Min(rows, columns), rows <= columns);
        var gram = scratch + count;
        var factor = gram + ((long)n * n);
        var powers = factor + ((long)n * n);
        kernels.Scale(x, count, (float)(1 / (Math.Sqrt(SquareSum.Run(kernels, pool, x, count)) + Least)));
        var from = x;
        var to = scratch;
        for (var step = 0; step < Steps; step++)
        {
            // g = x x^T; p = a + b g + c g^2 = a + g (b + c g); x = p x.
            Multiply(kernels, pool, from, from, gram, n, n, wide ? columns : rows, transposeA: !wide, transposeB: wide, symmetric: true);
            Shift(kernels, gram, factor, n, C, B);
            Multiply(kernels, pool, gram, factor, powers, n, n, n, symmetric: true);
            Shift(kernels, powers, powers, n, 1, A);
            Multiply(kernels, pool, wide ? powers : from, wide ? from : powers, to, rows, columns, n);
            var done = to;
            to = from;
            from = done;
        }

        return from;
    }

    private static void Multiply(KernelSet kernels, WorkerPool pool, float* a, float* b, float* c, int rows, int columns, int depth, bool transposeA = false, bool transposeB = false, bool symmetric = false)
    {
        GeneralProduct.Run(kernels, pool, new()
        {
            A = a,
            AStride = transposeA ? rows : depth,
            TransposeA = transposeA,
            B = (byte*)b,
            Format = StorageFormat.F32,
            BRowBytes = sizeof(float) * (long)(transposeB ? depth : columns),
            TransposeB = transposeB,
            C = c,
            CStride = columns,
            Rows = rows,
            Columns = columns,
            Depth = depth,
            UpperTriangle = symmetric,
        });
        if (symmetric)
        {
            Mirror(c, rows);
        }
    }

    /// <summary>to = slope from + constant on the diagonal; both may be the same.</summary>
    private static void Shift(KernelSet kernels, float* from, float* to, int n, float slope, float constant)
    {
        if (from != to)
        {
            Buffer.MemoryCopy(from, to, sizeof(float) * (long)n * n, sizeof(float) * (long)n * n);
            kernels.Scale(to, n * n, slope);
        }

        for (var i = 0L; i < n; i++)
        {
            to[i * (n + 1L)] += constant;
        }
    }

    /// <summary>Copies what is above the diagonal below it, block by block: column by column each value would be on a cache line of its own.</summary>
    [MethodImpl(Jit.Kernel)]
    private static void Mirror(float* matrix, int n)
    {
        for (var top = 0; top < n; top += MirroredBlock)
        {
            for (var left = 0; left <= top; left += MirroredBlock)
            {
                for (var row = top; row < Math.Min(n, top + MirroredBlock); row++)
                {
                    var to = matrix + ((long)row * n);
                    for (var column = left; column < Math.Min(row, left + MirroredBlock); column++)
                    {
                        to[column] = matrix[((long)column * n) + row];
                    }
                }
            }
        }
    }
}
