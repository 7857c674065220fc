using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>The product of a few rows: each weight row is read once and multiplied with all of them.</summary>
internal unsafe struct FewRowsProduct : IParallelWork
{
    public ProductArguments Arguments;

    private int perChunk;

    /// <summary>Computes the product.</summary>
    public static void Run(WorkerPool pool, ProductArguments arguments)
    {
        var perChunk = Math.Max(8, arguments.Columns / (pool.Threads * 16));
        var work = new FewRowsProduct { Arguments = arguments, perChunk = perChunk };
        pool.Run((arguments.Columns + perChunk - 1) / perChunk, ref work);
    }

    /// <inheritdoc/>
    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var kernels = Arguments.Kernels;
        var first = chunk * perChunk;
        var end = Math.Min(Arguments.Columns, first + perChunk);
        for (var column = first; column < end; column++)
        {
            var weight = Arguments.Weight + (column * Arguments.RowBytes);
            for (var row = 0; row < Arguments.Rows; row++)
            {
                Arguments.Y[((long)row * Arguments.Columns) + column]
                    = kernels.Dot(Arguments.Format, weight, Arguments.X + ((long)row * Arguments.Depth), Arguments.Depth);
            }
        }

        Arguments.Finish(0, Arguments.Rows, first, end - first);
    }
}
