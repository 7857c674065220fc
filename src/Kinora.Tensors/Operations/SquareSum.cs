using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>Sums of squares of stretches whose length doesn't depend on the threads; added up in double precision.</summary>
internal unsafe struct SquareSum : IParallelWork
{
    private const int ChunkValues = 1 << 14;

    private float* values;
    private float* sums;
    private long count;
    private int kernelIndex;

    public static double Run(KernelSet kernels, WorkerPool pool, float* values, long count)
    {
        var chunks = (int)((count + ChunkValues - 1) / ChunkValues);
        var work = new SquareSum { values = values, sums = ThreadScratch.OfCaller.Floats(Math.Max(1, chunks)), count = count, kernelIndex = kernels.Index };
        pool.Run(chunks, ref work);
        var total = 0.0;
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            total += work.sums[chunk];
        }

        return total;
    }

    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var first = (long)chunk * ChunkValues;
        sums[chunk] = KernelSet.Supported[kernelIndex].Dot(values + first, values + first, (int)Math.Min(ChunkValues, count - first));
    }
}
