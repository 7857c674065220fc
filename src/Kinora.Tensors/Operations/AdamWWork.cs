using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>An optimiser's step over one parameter, a stretch of values to a chunk.</summary>
internal unsafe struct AdamWWork : IParallelWork
{
    private const int ChunkValues = 1 << 15;

    public float* Weights;
    public float* Gradients;
    public float* FirstMoments;
    public float* SecondMoments;
    public long Count;
    public AdamWStep Step;
    public int KernelIndex;

    public readonly int Chunks => (int)((Count + ChunkValues - 1) / ChunkValues);

    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var first = (long)chunk * ChunkValues;
        var count = (int)Math.Min(ChunkValues, Count - first);
        KernelSet.Supported[KernelIndex].AdamW(Weights + first, Gradients + first, FirstMoments + first, SecondMoments + first, count, Step);
    }
}
