using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>y = activation(x w^T + bias), the work of nearly all layers, in the way that suits the weights' format and the number of rows.</summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Below this many rows of x, packing costs more than it saves.</summary>
    public const int FewestPackedRows = 6;

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

        var arguments = new ProductArguments
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
        if (weight.Format.IsGrouped())
        {
            ByteProduct.Run(pool, arguments);
        }
        else if (rows < FewestPackedRows)
        {
            FewRowsProduct.Run(pool, arguments);
        }
        else
        {
            PackedProduct.Run(kernels, pool, arguments.Plain, arguments);
        }
    }
}
