using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>The gradients of silu(gate) * up, a stretch of values to a chunk.</summary>
internal unsafe struct SiluGateGradient : IParallelWork
{
    private const int ChunkValues = 1 << 14;

    public float* Gate;
    public float* Up;
    public float* Dy;
    public float* DGate;
    public float* DUp;
    public bool AddGate;
    public bool AddUp;
    public long Count;
    public int KernelIndex;

    public readonly int Chunks => (int)((Count + ChunkValues - 1) / ChunkValues);

    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var first = (long)chunk * ChunkValues;
        var count = (int)Math.Min(ChunkValues, Count - first);
        KernelSet.Supported[KernelIndex].SiluGateGradient(Gate + first, Up + first, Dy + first, DGate == null ? null : DGate + first, AddGate, DUp == null ? null : DUp + first, AddUp, count);
    }
}
