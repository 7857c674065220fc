using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>Copies, or adds, a stretch of each row to a stretch of another row, see <see cref="TensorOperations.Columns"/>.</summary>
internal unsafe struct ColumnCopy : IParallelWork
{
    private const int ChunkRows = 32;

    public float* X;
    public float* Y;
    public int XLength;
    public int YLength;
    public int Rows;
    public int Width;
    public bool Accumulate;
    public int KernelIndex;

    public readonly int Chunks => (Rows + ChunkRows - 1) / ChunkRows;

    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var kernels = KernelSet.Supported[KernelIndex];
        var end = Math.Min(Rows, (chunk + 1) * ChunkRows);
        for (var row = chunk * ChunkRows; row < end; row++)
        {
            var (x, y) = ((nint)(X + ((long)row * XLength)), (nint)(Y + ((long)row * YLength)));
            if (Accumulate)
            {
                kernels.Add((float*)y, (float*)x, (float*)y, Width);
            }
            else
            {
                new ReadOnlySpan<float>((float*)x, Width).CopyTo(new Span<float>((float*)y, Width));
            }
        }
    }
}
