using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels;

/// <content>Normalisation of one row. The variance is taken around the mean in a second pass, so that a large mean costs no digits.</content>
internal unsafe partial class SimdKernels<TSimd, TVector>
{
    [MethodImpl(Jit.Kernel)]
    public override void LayerNorm(float* x, float* weight, float* bias, float* y, int length, float epsilon)
    {
        var mean = Sum(x, length) / length;
        var deviation = SumOfSquares(x, length, mean) / length;
        var scale = 1f / MathF.Sqrt(deviation + epsilon);
        var means = TSimd.Broadcast(mean);
        var scales = TSimd.Broadcast(scale);
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            var normal = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + i), means), scales);
            TSimd.Store(TSimd.MultiplyAdd(normal, TSimd.Load(weight + i), TSimd.Load(bias + i)), y + i);
        }

        for (; i < length; i++)
        {
            y[i] = ((x[i] - mean) * scale * weight[i]) + bias[i];
        }
    }

    [MethodImpl(Jit.Kernel)]
    public override void RmsNorm(float* x, float* weight, float* y, int length, float epsilon)
    {
        var scale = 1f / MathF.Sqrt((SumOfSquares(x, length, 0f) / length) + epsilon);
        var scales = TSimd.Broadcast(scale);
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            TSimd.Store(TSimd.Multiply(TSimd.Multiply(TSimd.Load(x + i), scales), TSimd.Load(weight + i)), y + i);
        }

        for (; i < length; i++)
        {
            y[i] = x[i] * scale * weight[i];
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static float Sum(float* x, int length)
    {
        var sum = TSimd.Broadcast(0f);
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            sum = TSimd.Add(sum, TSimd.Load(x + i));
        }

        var total = TSimd.Sum(sum);
        for (; i < length; i++)
        {
            total += x[i];
        }

        return total;
    }

    [MethodImpl(Jit.Kernel)]
    private static float SumOfSquares(float* x, int length, float center)
    {
        var centers = TSimd.Broadcast(center);
        var sum = TSimd.Broadcast(0f);
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            var difference = TSimd.Subtract(TSimd.Load(x + i), centers);
            sum = TSimd.MultiplyAdd(difference, difference, sum);
        }

        var total = TSimd.Sum(sum);
        for (; i < length; i++)
        {
            total += (x[i] - center) * (x[i] - center);
        }

        return total;
    }
}
