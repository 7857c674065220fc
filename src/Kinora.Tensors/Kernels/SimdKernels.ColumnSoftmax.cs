using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels;

/// <content>Softmax down the columns of a panel, as wide as a tile: two registers of columns side by side.</content>
internal unsafe partial class SimdKernels<TSimd, TVector>
{
    /// <summary>In place of minus infinity: where a column has no score yet, weights must come out as zeros and not as the difference of two infinities.</summary>
    private const float NoScore = -1e30f;

    [MethodImpl(Jit.Kernel)]
    public override void ColumnLargest(float* scores, int rows, float* largest)
    {
        var low = TSimd.Load(largest);
        var high = TSimd.Load(largest + TSimd.Width);
        for (; rows > 0; rows--, scores += 2 * TSimd.Width)
        {
            low = TSimd.Max(low, TSimd.Load(scores));
            high = TSimd.Max(high, TSimd.Load(scores + TSimd.Width));
        }

        TSimd.Store(low, largest);
        TSimd.Store(high, largest + TSimd.Width);
    }

    [MethodImpl(Jit.Kernel)]
    public override void ColumnWeights(float* scores, int rows, float* largest, float scale, float* sums)
    {
        var factor = TSimd.Broadcast(scale);
        var shiftLow = TSimd.Multiply(TSimd.Max(TSimd.Load(largest), TSimd.Broadcast(NoScore)), TSimd.Broadcast(-scale));
        var shiftHigh = TSimd.Multiply(TSimd.Max(TSimd.Load(largest + TSimd.Width), TSimd.Broadcast(NoScore)), TSimd.Broadcast(-scale));
        var low = TSimd.Load(sums);
        var high = TSimd.Load(sums + TSimd.Width);
        for (; rows > 0; rows--, scores += 2 * TSimd.Width)
        {
            var first = Exp(TSimd.MultiplyAdd(TSimd.Load(scores), factor, shiftLow));
            var second = Exp(TSimd.MultiplyAdd(TSimd.Load(scores + TSimd.Width), factor, shiftHigh));
            TSimd.Store(first, scores);
            TSimd.Store(second, scores + TSimd.Width);
            low = TSimd.Add(low, first);
            high = TSimd.Add(high, second);
        }

        TSimd.Store(low, sums);
        TSimd.Store(high, sums + TSimd.Width);
    }

    [MethodImpl(Jit.Kernel)]
    public override void ScaleColumns(float* x, int rows, float* factors)
    {
        var low = TSimd.Load(factors);
        var high = TSimd.Load(factors + TSimd.Width);
        for (; rows > 0; rows--, x += 2 * TSimd.Width)
        {
            TSimd.Store(TSimd.Multiply(TSimd.Load(x), low), x);
            TSimd.Store(TSimd.Multiply(TSimd.Load(x + TSimd.Width), high), x + TSimd.Width);
        }
    }
}
