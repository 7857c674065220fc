using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>Operations that treat each row alone, a few rows to a chunk.</summary>
internal unsafe struct RowWork : IParallelWork
{
    public Kind Operation;
    public int KernelIndex;
    public int Rows;
    public int RowsPerChunk;
    public int Length;
    public float* X;
    public float* Weight;
    public float* Bias;
    public float* Y;
    public float Epsilon;
    public Activation Activation;
    public int Heads;
    public int RowsPerPosition;

    public enum Kind
    {
        LayerNorm,
        RmsNorm,
        Softmax,
        Activate,
        SiluGate,
        Add,
        AddRepeated,
        Rotate,
    }

    public static void Run(WorkerPool pool, RowWork work)
    {
        const int ValuesPerChunk = 1 << 14;
        work.RowsPerChunk = Math.Max(1, ValuesPerChunk / Math.Max(1, work.Length));
        pool.Run((work.Rows + work.RowsPerChunk - 1) / work.RowsPerChunk, ref work);
    }

    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var kernels = KernelSet.Supported[KernelIndex];
        var end = Math.Min(Rows, (chunk + 1) * RowsPerChunk);
        for (var row = chunk * RowsPerChunk; row < end; row++)
        {
            Execute(kernels, row);
        }
    }

    private readonly void Execute(KernelSet kernels, int row)
    {
        var x = X + ((long)row * Length);
        var y = Y + ((long)row * Length);
        switch (Operation)
        {
            case Kind.LayerNorm:
                kernels.LayerNorm(x, Weight, Bias, y, Length, Epsilon);
                break;
            case Kind.RmsNorm:
                kernels.RmsNorm(x, Weight, y, Length, Epsilon);
                break;
            case Kind.Softmax:
                var sum = kernels.ExpSum(x, Length, 1f, kernels.Max(x, Length));
                kernels.Scale(x, Length, 1f / sum);
                break;
            case Kind.Activate:
                kernels.Activate(Activation, x, Length);
                break;
            case Kind.SiluGate:
                kernels.SiluGate(x, Weight + ((long)row * Length), y, Length);
                break;
            case Kind.Add:
                kernels.Add(x, Weight + ((long)row * Length), y, Length);
                break;
            case Kind.AddRepeated:
                kernels.Add(x, Weight + ((long)(row % RowsPerPosition) * Length), y, Length);
                break;
            case Kind.Rotate:
                var half = Length / Heads / 2;
                for (var head = 0; head < Heads; head++)
                {
                    kernels.Rotate(x + (head * 2 * half), Weight + ((long)row * half), Bias + ((long)row * half), half);
                }

                break;
        }
    }
}
