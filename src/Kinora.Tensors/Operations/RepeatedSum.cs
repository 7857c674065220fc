using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>Sums of the rows that are a period apart: the gradient of a bias (period 1) or of learned positions. Each column block is summed by one thread from the first row to the last.</summary>
internal unsafe struct RepeatedSum : IParallelWork
{
    private const int BlockColumns = 512;

    public float* Source;
    public float* Target;
    public int Rows;
    public int Length;
    public int Period;
    public bool Accumulate;
    public int KernelIndex;

    public readonly int Chunks => Period * ColumnBlocks;

    private readonly int ColumnBlocks => (Length + BlockColumns - 1) / BlockColumns;

    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var kernels = KernelSet.Supported[KernelIndex];
        var (place, first) = (chunk / ColumnBlocks, chunk % ColumnBlocks * BlockColumns);
        var count = Math.Min(BlockColumns, Length - first);
        var target = Target + ((long)place * Length) + first;
        if (!Accumulate)
        {
            new Span<float>(target, count).Clear();
        }

        for (var row = place; row < Rows; row += Period)
        {
            kernels.Add(target, Source + ((long)row * Length) + first, target, count);
        }
    }
}
