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
    public RowPositions Positions;
    public ulong Seed;

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
        RotateBack,
        SoftmaxBack,
        ActivateBack,
        Copy,
        Narrow,
        Widen,
        Scale,
        Dropout,
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
                Copy(x, y);
                var sum = kernels.ExpSum(y, Length, 1f, kernels.Max(y, Length));
                kernels.Scale(y, Length, 1f / sum);
                break;
            case Kind.Activate:
                Copy(x, y);
                kernels.Activate(Activation, y, Length);
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
            case Kind.RotateBack:
                Copy(x, y);
                var half = Length / Heads / 2;
                var place = Positions.Of(row) * half;
                var (first, second) = Operation == Kind.Rotate ? (0, half) : (half, 0);
                for (var head = y; head < y + Length; head += 2 * half)
                {
                    kernels.Rotate(head + first, head + second, Weight + place, Bias + place, half);
                }

                break;
            case Kind.SoftmaxBack:
                // dx = p (dy - sum of dy p), with y = dy, x = p.
                var mean = kernels.Dot(x, y, Length);
                for (var i = 0; i < Length; i++)
                {
                    y[i] = x[i] * (y[i] - mean);
                }

                break;
            case Kind.ActivateBack:
                kernels.ActivationGradient(Activation, x, y, y, Length);
                break;
            case Kind.Copy:
                Copy(x, y);
                break;
            case Kind.Narrow:
                StorageConversion.Row(new ReadOnlySpan<float>(x, Length), StorageFormat.BF16, (byte*)((ushort*)Y + ((long)row * Length)));
                break;
            case Kind.Widen:
                kernels.Widen(StorageFormat.BF16, (byte*)((ushort*)X + ((long)row * Length)), y, Length);
                break;
            case Kind.Scale:
                Copy(x, y);
                kernels.Scale(y, Length, Epsilon);
                break;
            case Kind.Dropout:
                Drop(x, y, row);
                break;
        }
    }

    private readonly void Copy(float* x, float* y)
    {
        if (x != y)
        {
            new ReadOnlySpan<float>(x, Length).CopyTo(new Span<float>(y, Length));
        }
    }

    /// <summary>Each value's fate is a hash of the seed and its place (Steele et al., SplitMix64, 2014).</summary>
    private readonly void Drop(float* x, float* y, int row)
    {
        var (threshold, factor) = ((ulong)(Epsilon * (double)(1UL << 32)), 1f / (1f - Epsilon));
        var state = Seed * 0xD1342543DE82EF95UL;
        for (var i = 0; i < Length; i++)
        {
            var z = state + (((ulong)row * (ulong)Length) + (ulong)i + 1) * 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            y[i] = (z ^ (z >> 31)) >> 32 < threshold ? 0f : x[i] * factor;
        }
    }
}
