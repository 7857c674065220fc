using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>Rows put together by a plan, see <see cref="TensorOperations.Place"/>.</summary>
internal unsafe struct PlaceRows : IParallelWork
{
    private const int ChunkRows = 64;

    public int* Plan;
    public int Count;
    public byte* Table;
    public StorageFormat Format;
    public float* Rows;
    public float* Y;
    public int Width;
    public int KernelIndex;

    public readonly int Chunks => (Count + ChunkRows - 1) / ChunkRows;

    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var kernels = KernelSet.Supported[KernelIndex];
        var end = Math.Min(Count, (chunk + 1) * ChunkRows);
        for (var i = chunk * ChunkRows; i < end; i++)
        {
            var entry = Plan[i];
            var target = new Span<float>(Y + ((long)i * Width), Width);
            if (entry >= 0)
            {
                StorageConversion.Widen(kernels, Format, Table, entry, Width, Y + ((long)i * Width));
            }
            else if (entry == TensorOperations.ZeroRow)
            {
                target.Clear();
            }
            else
            {
                new ReadOnlySpan<float>(Rows + ((long)~entry * Width), Width).CopyTo(target);
            }
        }
    }
}
