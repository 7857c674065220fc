using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

internal static unsafe class GeneralProduct
{
    public static void Run(KernelSet kernels, WorkerPool pool, in GeneralProductArguments p)
    {
        var wide = new float[p.TransposeB ? p.Depth : p.Columns];
        for (var i = 0; i < p.Rows; i++)
        {
            if (!p.Accumulate) new Span<float>(p.C + i * p.CStride, p.Columns).Clear();
            for (var j = 0; j < p.Columns; j++)
            {
                double sum = 0;
                for (var k = 0; k < p.Depth; k++)
                    sum += (double)(p.TransposeA ? p.A[k * p.AStride + i] : p.A[i * p.AStride + k]) * (p.TransposeB ? ((float*)(p.B + j * p.BRowBytes))[k] : ((float*)(p.B + k * p.BRowBytes))[j]);
                p.C[i * p.CStride + j] += (float)sum;
            }
        }
    }
}
