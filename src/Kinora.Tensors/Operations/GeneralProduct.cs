using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>
/// C (+)= op(A) op(B): what going backward through a linear layer y = x w^T needs beside the forward product. The gradient of x is
/// dy w (B as it lies), that of w is dy^T x (A transposed).
/// </summary>
/// <remarks>Each element of C is one sum, in an order that depends on the shape and the instruction set alone: the number of threads changes no bit.</remarks>
internal static unsafe class GeneralProduct
{
    /// <summary>Computes the product.</summary>
    /// <param name="kernels">The instruction set to use.</param>
    /// <param name="pool">The threads to use.</param>
    /// <param name="p">What to compute; any extent may be zero.</param>
    /// <exception cref="ArgumentException">Rows in groups of sixteen as a transposed B: that is <see cref="ByteProduct"/>'s work, which rounds A.</exception>
    public static void Run(KernelSet kernels, WorkerPool pool, in GeneralProductArguments p)
    {
        if (p.TransposeB && p.Format.IsGrouped())
        {
            throw new ArgumentException($"A transposed matrix stored as {p.Format} can't be widened for a product; take one whose rows lie alone.", nameof(p));
        }

        if (p.Rows == 0 || p.Columns == 0)
        {
            return;
        }

        if (p.Depth > 0)
        {
            PackedProduct.Run(kernels, pool, p);
        }
        else if (!p.Accumulate)
        {
            for (var row = 0; row < p.Rows; row++)
            {
                new Span<float>(p.C + (row * p.CStride), p.Columns).Clear();
            }
        }
    }
}
