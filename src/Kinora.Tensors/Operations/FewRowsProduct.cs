using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>The product of a few rows: each weight row is read once and multiplied with all of them.</summary>
internal unsafe struct FewRowsProduct : IParallelWork
{
    public ProductArguments Arguments;

    /// <summary>Columns go in eights: single ones would be drawn too often.</summary>
    private const int Together = 8;

    private ShrinkingChunks chunks;

    /// <summary>Computes the product.</summary>
    public static void Run(WorkerPool pool, ProductArguments arguments)
    {
        var work = new FewRowsProduct { Arguments = arguments, chunks = new ShrinkingChunks((arguments.Columns + Together - 1) / Together, pool.Threads) };
        pool.Run(work.chunks.Count, ref work);
    }

    /// <inheritdoc/>
    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var kernels = Arguments.Kernels;
        var (first, end) = chunks.Range(chunk);
        (first, end) = (first * Together, Math.Min(Arguments.Columns, end * Together));
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
