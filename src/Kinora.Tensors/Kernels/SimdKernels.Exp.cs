using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels;

/// <content>The exponential function.</content>
internal unsafe partial class SimdKernels<TSimd, TVector>
{
    /// <summary>
    /// exp(x) = 2^n exp(r) with n = round(x / ln 2), r taken off in two parts (Cody and Waite) and exp(r) by its series up to r^7,
    /// whose rest is below 1e-8 for |r| &lt;= ln 2 / 2. Relative error below 2e-7. Beyond the range of normal floats the result stays at
    /// its smallest or largest, which no softmax or sigmoid can tell from 0 or infinity; NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Exp(TVector value)
    {
        const float Lowest = -87.3f;
        const float Highest = 88.3f;
        const float Rounder = 12582912f; // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
        const float Log2E = 1.44269504088896341f;
        const float Ln2High = 0.693359375f;
        const float Ln2Low = -2.12194440e-4f;
        var x = TSimd.Max(TSimd.Broadcast(Lowest), TSimd.Min(TSimd.Broadcast(Highest), value));
        var shifted = TSimd.MultiplyAdd(x, TSimd.Broadcast(Log2E), TSimd.Broadcast(Rounder));
        var n = TSimd.Subtract(shifted, TSimd.Broadcast(Rounder));
        var r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-Ln2High), x);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-Ln2Low), r);
        var series = TSimd.Broadcast(1f / 5040f);
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1f / 720f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1f / 120f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1f / 24f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1f / 6f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(0.5f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1f));
        return TSimd.Multiply(series, TSimd.PowerOfTwo(shifted));
    }
}
