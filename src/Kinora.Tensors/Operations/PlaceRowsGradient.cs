using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>Adds the gradient of each placed row to where the row came from. A thread has a stretch of columns of all rows: rows that are used twice need no lock, and are added up in their order.</summary>
internal unsafe struct PlaceRowsGradient : IParallelWork
{
    private const int ChunkColumns = 256;

    public int* Plan;
    public int Count;
    public float* Dy;
    public int Width;
    public float* Table;
    public float* Rows;
    public int KernelIndex;

    public readonly int Chunks => (Width + ChunkColumns - 1) / ChunkColumns;

    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var kernels = KernelSet.Supported[KernelIndex];
        var first = chunk * ChunkColumns;
        var count = Math.Min(ChunkColumns, Width - first);
        for (var i = 0; i < Count; i++)
        {
            var entry = Plan[i];
            var (target, row) = entry >= 0 ? ((nint)Table, (long)entry) : ((nint)Rows, ~entry);
            if (target != 0 && entry != TensorOperations.ZeroRow)
            {
                var place = (float*)target + (row * Width) + first;
                kernels.Add(place, Dy + ((long)i * Width) + first, place, count);
            }
        }
    }
}
