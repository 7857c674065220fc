using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels.Bytes;

namespace Kinora.Tensors.Kernels;

/// <summary>The kernels, written once for every instruction set. With <see cref="ScalarSimd"/> they are the plain twins.</summary>
internal unsafe partial class SimdKernels<TSimd, TVector>(ByteKernelSet bytes, InstructionSet? instructionSet = null) : KernelSet
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public override InstructionSet InstructionSet { get; } = instructionSet ?? TSimd.InstructionSet;

    public override ByteKernelSet Bytes { get; } = bytes;

    public override int TileRows => 6;

    public override int TileColumns => 2 * TSimd.Width;

    public override void Tile(float* a, float* b, float* c, nint stride, int depth, bool accumulate)
        => Tile6x2(a, b, c, stride, depth, accumulate);

    public override void HalfTile(float* a, float* b, float* c, nint stride, int depth, bool accumulate)
        => Tile3x2(a, b, c, stride, depth, accumulate);

    public override void PackRows(float* source, nint stride, int rows, int depth, float* packed, int panel)
        => Packing.Transpose(source, stride, rows, depth, packed, panel, TSimd.InstructionSet >= InstructionSet.Avx2);

    [MethodImpl(Jit.Kernel)]
    public override float Max(float* x, int length)
    {
        var result = float.NegativeInfinity;
        var i = 0;
        if (length >= TSimd.Width)
        {
            var largest = TSimd.Load(x);
            for (i = TSimd.Width; i <= length - TSimd.Width; i += TSimd.Width)
            {
                largest = TSimd.Max(largest, TSimd.Load(x + i));
            }

            result = TSimd.MaxElement(largest);
        }

        for (; i < length; i++)
        {
            result = MathF.Max(result, x[i]);
        }

        return result;
    }

    [MethodImpl(Jit.Kernel)]
    public override float ExpSum(float* x, int length, float scale, float shift)
    {
        var factor = TSimd.Broadcast(scale);
        var offset = TSimd.Broadcast(-shift);
        var sum = TSimd.Broadcast(0f);
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            var value = Exp(TSimd.MultiplyAdd(TSimd.Load(x + i), factor, offset));
            TSimd.Store(value, x + i);
            sum = TSimd.Add(sum, value);
        }

        var total = TSimd.Sum(sum);
        for (; i < length; i++)
        {
            x[i] = MathF.Exp((x[i] * scale) - shift);
            total += x[i];
        }

        return total;
    }

    [MethodImpl(Jit.Kernel)]
    public override void Scale(float* x, int length, float factor)
    {
        var factors = TSimd.Broadcast(factor);
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            TSimd.Store(TSimd.Multiply(TSimd.Load(x + i), factors), x + i);
        }

        for (; i < length; i++)
        {
            x[i] *= factor;
        }
    }

    [MethodImpl(Jit.Kernel)]
    public override void Add(float* left, float* right, float* y, int length)
    {
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            TSimd.Store(TSimd.Add(TSimd.Load(left + i), TSimd.Load(right + i)), y + i);
        }

        for (; i < length; i++)
        {
            y[i] = left[i] + right[i];
        }
    }

    [MethodImpl(Jit.Kernel)]
    public override void Rotate(float* x, float* y, float* cosines, float* sines, int count)
    {
        var i = 0;
        for (; i <= count - TSimd.Width; i += TSimd.Width)
        {
            var first = TSimd.Load(x + i);
            var second = TSimd.Load(y + i);
            var cosine = TSimd.Load(cosines + i);
            var sine = TSimd.Load(sines + i);
            TSimd.Store(TSimd.Subtract(TSimd.Multiply(first, cosine), TSimd.Multiply(second, sine)), x + i);
            TSimd.Store(TSimd.MultiplyAdd(second, cosine, TSimd.Multiply(first, sine)), y + i);
        }

        for (; i < count; i++)
        {
            var (first, second) = (x[i], y[i]);
            x[i] = (first * cosines[i]) - (second * sines[i]);
            y[i] = (second * cosines[i]) + (first * sines[i]);
        }
    }
}
