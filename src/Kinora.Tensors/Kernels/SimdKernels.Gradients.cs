using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels;

/// <content>The way back through normalisation, activations and gates.</content>
internal unsafe partial class SimdKernels<TSimd, TVector>
{
    private interface ISlope
    {
        static abstract TVector Slope(TVector value);
    }

    /// <summary>
    /// With n = (x - mean) / s and g = dy weight: dx = (g - mean(g) - n mean(g n)) / s, the mean of g left out where none was taken off x,
    /// and the weight's gradient is dy n.
    /// </summary>
    [MethodImpl(Jit.Kernel)]
    public override void NormGradient(float* x, float* weight, bool centered, float* dy, float* dx, bool accumulate, float* dWeight, int length, float epsilon)
    {
        var mean = centered ? Sum(x, length) / length : 0f;
        var scale = 1f / MathF.Sqrt((SumOfSquares(x, length, mean) / length) + epsilon);
        var (sum, along) = dx == null ? default : GradientSums(x, weight, dy, mean, length);
        var offset = centered ? sum / length : 0f;
        var slope = along * scale / length;
        var means = TSimd.Broadcast(mean);
        var scales = TSimd.Broadcast(scale);
        var offsets = TSimd.Broadcast(offset);
        var slopes = TSimd.Broadcast(-slope);
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            var normal = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + i), means), scales);
            var back = TSimd.Load(dy + i);
            if (dWeight != null)
            {
                TSimd.Store(TSimd.MultiplyAdd(back, normal, TSimd.Load(dWeight + i)), dWeight + i);
            }

            if (dx != null)
            {
                var value = TSimd.Subtract(TSimd.Multiply(back, TSimd.Load(weight + i)), offsets);
                value = TSimd.Multiply(TSimd.MultiplyAdd(normal, slopes, value), scales);
                TSimd.Store(accumulate ? TSimd.Add(value, TSimd.Load(dx + i)) : value, dx + i);
            }
        }

        for (; i < length; i++)
        {
            var normal = (x[i] - mean) * scale;
            if (dWeight != null)
            {
                dWeight[i] += dy[i] * normal;
            }

            if (dx != null)
            {
                var value = ((dy[i] * weight[i]) - offset - (normal * slope)) * scale;
                dx[i] = accumulate ? dx[i] + value : value;
            }
        }
    }

    public override void ActivationGradient(Activation activation, float* x, float* dy, float* dx, int length)
    {
        switch (activation)
        {
            case Activation.None:
                new ReadOnlySpan<float>(dy, length).CopyTo(new Span<float>(dx, length));
                break;
            case Activation.Gelu:
                MapBack<GeluFunction>(x, dy, dx, length);
                break;
            case Activation.GeluTanh:
                MapBack<GeluTanhFunction>(x, dy, dx, length);
                break;
            case Activation.QuickGelu:
                MapBack<QuickGeluFunction>(x, dy, dx, length);
                break;
            case Activation.Silu:
                MapBack<SiluFunction>(x, dy, dx, length);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation.");
        }
    }

    [MethodImpl(Jit.Kernel)]
    public override void SiluGateGradient(float* gate, float* up, float* dy, float* dGate, bool addGate, float* dUp, bool addUp, int length)
    {
        var rest = stackalloc float[4 * MaxWidth];
        var room = rest + (3 * MaxWidth);
        var i = 0;
        for (; i < length; i += TSimd.Width)
        {
            var count = Math.Min(TSimd.Width, length - i);
            var g = gate + i;
            var u = up + i;
            var d = dy + i;
            if (count < TSimd.Width)
            {
                new ReadOnlySpan<float>(g, count).CopyTo(new Span<float>(rest, MaxWidth));
                new ReadOnlySpan<float>(u, count).CopyTo(new Span<float>(rest + MaxWidth, MaxWidth));
                new ReadOnlySpan<float>(d, count).CopyTo(new Span<float>(rest + (2 * MaxWidth), MaxWidth));
                g = rest;
                u = rest + MaxWidth;
                d = rest + (2 * MaxWidth);
            }

            var x = TSimd.Load(g);
            var back = TSimd.Load(d);
            if (dGate != null)
            {
                Put(TSimd.Multiply(TSimd.Multiply(back, TSimd.Load(u)), SiluFunction.Slope(x)), dGate + i, addGate, count, room);
            }

            if (dUp != null)
            {
                Put(TSimd.Multiply(back, SiluFunction.Apply(x)), dUp + i, addUp, count, room);
            }
        }
    }

    [MethodImpl(Jit.Kernel)]
    public override void AddScaled(float* x, float factor, float* y, int length)
    {
        var factors = TSimd.Broadcast(factor);
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            TSimd.Store(TSimd.MultiplyAdd(TSimd.Load(x + i), factors, TSimd.Load(y + i)), y + i);
        }

        for (; i < length; i++)
        {
            y[i] += x[i] * factor;
        }
    }

    public override float Dot(float* x, float* y, int length) => DotPlain<Single>((byte*)x, y, length);

    /// <summary>The sum of dy weight, and that of dy weight (x - mean).</summary>
    [MethodImpl(Jit.Kernel)]
    private static (float Sum, float Along) GradientSums(float* x, float* weight, float* dy, float mean, int length)
    {
        var means = TSimd.Broadcast(mean);
        var sums = TSimd.Broadcast(0f);
        var products = sums;
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            var back = TSimd.Multiply(TSimd.Load(dy + i), TSimd.Load(weight + i));
            sums = TSimd.Add(sums, back);
            products = TSimd.MultiplyAdd(back, TSimd.Subtract(TSimd.Load(x + i), means), products);
        }

        var (sum, along) = (TSimd.Sum(sums), TSimd.Sum(products));
        for (; i < length; i++)
        {
            sum += dy[i] * weight[i];
            along += dy[i] * weight[i] * (x[i] - mean);
        }

        return (sum, along);
    }

    [MethodImpl(Jit.Kernel)]
    private static void MapBack<TFunction>(float* x, float* dy, float* dx, int length)
        where TFunction : struct, ISlope
    {
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            TSimd.Store(TSimd.Multiply(TFunction.Slope(TSimd.Load(x + i)), TSimd.Load(dy + i)), dx + i);
        }

        if (i < length)
        {
            var rest = stackalloc float[MaxWidth];
            new Span<float>(x + i, length - i).CopyTo(new Span<float>(rest, MaxWidth));
            TSimd.Store(TFunction.Slope(TSimd.Load(rest)), rest);
            for (var j = 0; i < length; i++, j++)
            {
                dx[i] = rest[j] * dy[i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(TVector value, float* target, bool add, int count, float* room)
    {
        if (count == TSimd.Width)
        {
            TSimd.Store(add ? TSimd.Add(value, TSimd.Load(target)) : value, target);
            return;
        }

        TSimd.Store(value, room);
        for (var i = 0; i < count; i++)
        {
            target[i] = add ? target[i] + room[i] : room[i];
        }
    }

    /// <summary>The slope of x s(x) with s(x) = 1 / (1 + exp(-f(x))): s + x s (1 - s) f'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector SigmoidSlope(TVector x, TVector minusArgument, TVector argumentSlope)
    {
        var one = TSimd.Broadcast(1f);
        var sigmoid = TSimd.Divide(one, TSimd.Add(one, Exp(minusArgument)));
        var rest = TSimd.Multiply(TSimd.Multiply(x, argumentSlope), TSimd.Subtract(one, sigmoid));
        return TSimd.MultiplyAdd(sigmoid, rest, sigmoid);
    }
}
