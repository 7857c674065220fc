using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>Copies, or adds, stretches of each row to stretches of another row, see <see cref="TensorOperations.Columns"/>.</summary>
internal unsafe struct ColumnCopy : IParallelWork
{
    private const int ChunkRows = 32;

    public float* X;
    public float* Y;
    public int XLength;
    public int YLength;
    public int XStep;
    public int YStep;
    public int Pieces;
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
            for (var piece = 0; piece < Pieces; piece++)
            {
                var x = X + ((long)row * XLength) + ((long)piece * XStep);
                var y = Y + ((long)row * YLength) + ((long)piece * YStep);
                if (Accumulate)
                {
                    kernels.Add(y, x, y, Width);
                }
                else
                {
                    new ReadOnlySpan<float>(x, Width).CopyTo(new Span<float>(y, Width));
                }
            }
        }
    }
}
