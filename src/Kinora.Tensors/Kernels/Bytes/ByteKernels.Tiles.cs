using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels.Bytes;

/// <content>Four rows of x with two registers of weight rows: eight sums in registers.</content>
internal sealed unsafe partial class ByteKernels<TBytes, TInts, TSimd, TFloats>
{
    [MethodImpl(Jit.Kernel)]
    private static void Tile8(byte* group, float* scales, byte* x, int blocks, float* y, nint stride, nint part)
    {
        nint second = 4 * TSimd.Width;
        var y00 = TSimd.Broadcast(0f);
        var y01 = y00;
        var y10 = y00;
        var y11 = y00;
        var y20 = y00;
        var y21 = y00;
        var y30 = y00;
        var y31 = y00;
        for (; blocks > 0; blocks--)
        {
            var sums = (int*)(x + (TileRows * (Columns + 4)));
            var s00 = TBytes.Start8(sums[0]);
            var s01 = s00;
            var s10 = TBytes.Start8(sums[1]);
            var s11 = s10;
            var s20 = TBytes.Start8(sums[2]);
            var s21 = s20;
            var s30 = TBytes.Start8(sums[3]);
            var s31 = s30;
            var w = group + RowGroups.ScaleBytes + (4 * part);
            var v = (int*)x;
            for (var step = 0; step < Columns; step += 4)
            {
                var w0 = TBytes.Prepare(TBytes.Load(w), out var m0);
                var w1 = TBytes.Prepare(TBytes.Load(w + second), out var m1);
                var v0 = TBytes.Broadcast(v[0]);
                s00 = TBytes.Multiply8(w0, m0, v0, s00);
                s01 = TBytes.Multiply8(w1, m1, v0, s01);
                var v1 = TBytes.Broadcast(v[1]);
                s10 = TBytes.Multiply8(w0, m0, v1, s10);
                s11 = TBytes.Multiply8(w1, m1, v1, s11);
                var v2 = TBytes.Broadcast(v[2]);
                s20 = TBytes.Multiply8(w0, m0, v2, s20);
                s21 = TBytes.Multiply8(w1, m1, v2, s21);
                var v3 = TBytes.Broadcast(v[3]);
                s30 = TBytes.Multiply8(w0, m0, v3, s30);
                s31 = TBytes.Multiply8(w1, m1, v3, s31);
                w += Step;
                v += TileRows;
            }

            var d0 = TSimd.Load(scales);
            var d1 = TSimd.Load(scales + TSimd.Width);
            var factors = (float*)(x + (TileRows * Columns));
            var e = TSimd.Broadcast(factors[0]);
            y00 = TSimd.MultiplyAdd(TBytes.ToFloats(s00), TSimd.Multiply(d0, e), y00);
            y01 = TSimd.MultiplyAdd(TBytes.ToFloats(s01), TSimd.Multiply(d1, e), y01);
            e = TSimd.Broadcast(factors[1]);
            y10 = TSimd.MultiplyAdd(TBytes.ToFloats(s10), TSimd.Multiply(d0, e), y10);
            y11 = TSimd.MultiplyAdd(TBytes.ToFloats(s11), TSimd.Multiply(d1, e), y11);
            e = TSimd.Broadcast(factors[2]);
            y20 = TSimd.MultiplyAdd(TBytes.ToFloats(s20), TSimd.Multiply(d0, e), y20);
            y21 = TSimd.MultiplyAdd(TBytes.ToFloats(s21), TSimd.Multiply(d1, e), y21);
            e = TSimd.Broadcast(factors[3]);
            y30 = TSimd.MultiplyAdd(TBytes.ToFloats(s30), TSimd.Multiply(d0, e), y30);
            y31 = TSimd.MultiplyAdd(TBytes.ToFloats(s31), TSimd.Multiply(d1, e), y31);
            group += RowGroups.Rows * StorageFormats.Q8BlockBytes;
            scales += RowGroups.Rows;
            x += TileRows * RowBlockBytes;
        }

        TSimd.Store(y00, y);
        TSimd.Store(y01, y + TSimd.Width);
        TSimd.Store(y10, y + stride);
        TSimd.Store(y11, y + stride + TSimd.Width);
        TSimd.Store(y20, y + (2 * stride));
        TSimd.Store(y21, y + (2 * stride) + TSimd.Width);
        TSimd.Store(y30, y + (3 * stride));
        TSimd.Store(y31, y + (3 * stride) + TSimd.Width);
    }

    [MethodImpl(Jit.Kernel)]
    private static void Tile4(byte* group, float* scales, byte* x, int blocks, float* y, nint stride, nint part)
    {
        nint second = 4 * TSimd.Width;
        var y00 = TSimd.Broadcast(0f);
        var y01 = y00;
        var y10 = y00;
        var y11 = y00;
        var y20 = y00;
        var y21 = y00;
        var y30 = y00;
        var y31 = y00;
        for (; blocks > 0; blocks--)
        {
            var sums = (int*)(x + (TileRows * (Columns + 4)));
            var s00 = TBytes.Start4(sums[0]);
            var s01 = s00;
            var s10 = TBytes.Start4(sums[1]);
            var s11 = s10;
            var s20 = TBytes.Start4(sums[2]);
            var s21 = s20;
            var s30 = TBytes.Start4(sums[3]);
            var s31 = s30;
            var w = group + RowGroups.ScaleBytes + (4 * part);
            var v = (int*)x;
            for (var step = 0; step < Columns / 2; step += 4)
            {
                var w0 = TBytes.Load(w);
                var w1 = TBytes.Load(w + second);
                var h0 = TBytes.High(w0);
                var h1 = TBytes.High(w1);
                w0 = TBytes.Low(w0);
                w1 = TBytes.Low(w1);
                var u = v + (TileRows * Columns / 8);
                var v0 = TBytes.Broadcast(v[0]);
                var u0 = TBytes.Broadcast(u[0]);
                s00 = TBytes.Multiply4(h0, u0, TBytes.Multiply4(w0, v0, s00));
                s01 = TBytes.Multiply4(h1, u0, TBytes.Multiply4(w1, v0, s01));
                var v1 = TBytes.Broadcast(v[1]);
                var u1 = TBytes.Broadcast(u[1]);
                s10 = TBytes.Multiply4(h0, u1, TBytes.Multiply4(w0, v1, s10));
                s11 = TBytes.Multiply4(h1, u1, TBytes.Multiply4(w1, v1, s11));
                var v2 = TBytes.Broadcast(v[2]);
                var u2 = TBytes.Broadcast(u[2]);
                s20 = TBytes.Multiply4(h0, u2, TBytes.Multiply4(w0, v2, s20));
                s21 = TBytes.Multiply4(h1, u2, TBytes.Multiply4(w1, v2, s21));
                var v3 = TBytes.Broadcast(v[3]);
                var u3 = TBytes.Broadcast(u[3]);
                s30 = TBytes.Multiply4(h0, u3, TBytes.Multiply4(w0, v3, s30));
                s31 = TBytes.Multiply4(h1, u3, TBytes.Multiply4(w1, v3, s31));
                w += Step;
                v += TileRows;
            }

            var d0 = TSimd.Load(scales);
            var d1 = TSimd.Load(scales + TSimd.Width);
            var factors = (float*)(x + (TileRows * Columns));
            var e = TSimd.Broadcast(factors[0]);
            y00 = TSimd.MultiplyAdd(TBytes.ToFloats(TBytes.Finish4(s00, sums[0])), TSimd.Multiply(d0, e), y00);
            y01 = TSimd.MultiplyAdd(TBytes.ToFloats(TBytes.Finish4(s01, sums[0])), TSimd.Multiply(d1, e), y01);
            e = TSimd.Broadcast(factors[1]);
            y10 = TSimd.MultiplyAdd(TBytes.ToFloats(TBytes.Finish4(s10, sums[1])), TSimd.Multiply(d0, e), y10);
            y11 = TSimd.MultiplyAdd(TBytes.ToFloats(TBytes.Finish4(s11, sums[1])), TSimd.Multiply(d1, e), y11);
            e = TSimd.Broadcast(factors[2]);
            y20 = TSimd.MultiplyAdd(TBytes.ToFloats(TBytes.Finish4(s20, sums[2])), TSimd.Multiply(d0, e), y20);
            y21 = TSimd.MultiplyAdd(TBytes.ToFloats(TBytes.Finish4(s21, sums[2])), TSimd.Multiply(d1, e), y21);
            e = TSimd.Broadcast(factors[3]);
            y30 = TSimd.MultiplyAdd(TBytes.ToFloats(TBytes.Finish4(s30, sums[3])), TSimd.Multiply(d0, e), y30);
            y31 = TSimd.MultiplyAdd(TBytes.ToFloats(TBytes.Finish4(s31, sums[3])), TSimd.Multiply(d1, e), y31);
            group += RowGroups.Rows * StorageFormats.Q4BlockBytes;
            scales += RowGroups.Rows;
            x += TileRows * RowBlockBytes;
        }

        TSimd.Store(y00, y);
        TSimd.Store(y01, y + TSimd.Width);
        TSimd.Store(y10, y + stride);
        TSimd.Store(y11, y + stride + TSimd.Width);
        TSimd.Store(y20, y + (2 * stride));
        TSimd.Store(y21, y + (2 * stride) + TSimd.Width);
        TSimd.Store(y30, y + (3 * stride));
        TSimd.Store(y31, y + (3 * stride) + TSimd.Width);
    }
}
