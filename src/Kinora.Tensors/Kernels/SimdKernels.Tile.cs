using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels;

/// <content>
/// The inner loop of the matrix product: a tile of c stays in registers while a packed panel of a and one of b stream past it,
/// as in Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008). Six rows of two registers, two for b and
/// one for a use 15 of the 16 registers that AVX2 has.
/// </content>
internal unsafe partial class SimdKernels<TSimd, TVector>
{
    private const int StepsAhead = 32;

    [MethodImpl(Jit.Kernel)]
    protected static void Tile6x2(float* a, float* b, float* c, nint stride, int depth, bool accumulate)
    {
        nint width = TSimd.Width;
        var r0p0 = TSimd.Broadcast(0f);
        var r0p1 = r0p0;
        var r1p0 = TSimd.Broadcast(0f);
        var r1p1 = r1p0;
        var r2p0 = TSimd.Broadcast(0f);
        var r2p1 = r2p0;
        var r3p0 = TSimd.Broadcast(0f);
        var r3p1 = r3p0;
        var r4p0 = TSimd.Broadcast(0f);
        var r4p1 = r4p0;
        var r5p0 = TSimd.Broadcast(0f);
        var r5p1 = r5p0;
        // The result's lines are asked for when few steps are left: earlier they would be pushed out again by the panels.
        var rest = Math.Min(depth, StepsAhead);
        var count = depth - rest;
        while (true)
        {
            for (; count > 0; count--)
            {
                var b0 = TSimd.Load(b);
                var b1 = TSimd.Load(b + width);
                var v = TSimd.Broadcast(a[0]);
                r0p0 = TSimd.MultiplyAdd(v, b0, r0p0);
                r0p1 = TSimd.MultiplyAdd(v, b1, r0p1);
                v = TSimd.Broadcast(a[1]);
                r1p0 = TSimd.MultiplyAdd(v, b0, r1p0);
                r1p1 = TSimd.MultiplyAdd(v, b1, r1p1);
                v = TSimd.Broadcast(a[2]);
                r2p0 = TSimd.MultiplyAdd(v, b0, r2p0);
                r2p1 = TSimd.MultiplyAdd(v, b1, r2p1);
                v = TSimd.Broadcast(a[3]);
                r3p0 = TSimd.MultiplyAdd(v, b0, r3p0);
                r3p1 = TSimd.MultiplyAdd(v, b1, r3p1);
                v = TSimd.Broadcast(a[4]);
                r4p0 = TSimd.MultiplyAdd(v, b0, r4p0);
                r4p1 = TSimd.MultiplyAdd(v, b1, r4p1);
                v = TSimd.Broadcast(a[5]);
                r5p0 = TSimd.MultiplyAdd(v, b0, r5p0);
                r5p1 = TSimd.MultiplyAdd(v, b1, r5p1);
                a += 6;
                b += 2 * width;
            }

            if (rest == 0)
            {
                break;
            }

            PrefetchRows(c, stride, 6);
            (count, rest) = (rest, 0);
        }

        Put(c, width, r0p0, r0p1, accumulate);
        Put(c + (1 * stride), width, r1p0, r1p1, accumulate);
        Put(c + (2 * stride), width, r2p0, r2p1, accumulate);
        Put(c + (3 * stride), width, r3p0, r3p1, accumulate);
        Put(c + (4 * stride), width, r4p0, r4p1, accumulate);
        Put(c + (5 * stride), width, r5p0, r5p1, accumulate);
    }

    [MethodImpl(Jit.Kernel)]
    protected static void Tile3x2(float* a, float* b, float* c, nint stride, int depth, bool accumulate)
    {
        nint width = TSimd.Width;
        PrefetchRows(c, stride, 3);
        var r0p0 = TSimd.Broadcast(0f);
        var r0p1 = r0p0;
        var r1p0 = TSimd.Broadcast(0f);
        var r1p1 = r1p0;
        var r2p0 = TSimd.Broadcast(0f);
        var r2p1 = r2p0;
        for (; depth > 0; depth--)
        {
            var b0 = TSimd.Load(b);
            var b1 = TSimd.Load(b + width);
            var v = TSimd.Broadcast(a[0]);
            r0p0 = TSimd.MultiplyAdd(v, b0, r0p0);
            r0p1 = TSimd.MultiplyAdd(v, b1, r0p1);
            v = TSimd.Broadcast(a[1]);
            r1p0 = TSimd.MultiplyAdd(v, b0, r1p0);
            r1p1 = TSimd.MultiplyAdd(v, b1, r1p1);
            v = TSimd.Broadcast(a[2]);
            r2p0 = TSimd.MultiplyAdd(v, b0, r2p0);
            r2p1 = TSimd.MultiplyAdd(v, b1, r2p1);
            a += 3;
            b += 2 * width;
        }

        Put(c, width, r0p0, r0p1, accumulate);
        Put(c + (1 * stride), width, r1p0, r1p1, accumulate);
        Put(c + (2 * stride), width, r2p0, r2p1, accumulate);
    }

    /// <summary>The result's lines arrive while the products are summed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void PrefetchRows(float* c, nint stride, int rows)
    {
        for (; rows > 0; rows--, c += stride)
        {
            TSimd.Prefetch(c);
            TSimd.Prefetch(c + (2 * TSimd.Width) - 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Put(float* c, nint width, TVector low, TVector high, bool accumulate)
    {
        if (accumulate)
        {
            low = TSimd.Add(TSimd.Load(c), low);
            high = TSimd.Add(TSimd.Load(c + width), high);
        }

        TSimd.Store(low, c);
        TSimd.Store(high, c + width);
    }
}
