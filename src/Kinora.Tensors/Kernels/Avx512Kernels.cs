using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Kinora.Tensors.Kernels.Bytes;

namespace Kinora.Tensors.Kernels;

/// <summary>AVX-512 has 32 registers: tiles of twelve rows by two registers halve the loads per product.</summary>
internal sealed unsafe class Avx512Kernels(ByteKernelSet bytes) : SimdKernels<Simd512, Vector512<float>>(bytes)
{
    public override int TileRows => 12;

    /// <summary>These tiles take so few loads that panels may stream from the second-level cache: measured 1.2 to 1.3 times as fast as 256 on Zen 5.</summary>
    public override int SliceDepth => 512;

    public override void Tile(float* a, float* b, float* c, nint stride, int depth, bool accumulate)
        => Tile12x2(a, b, c, stride, depth, accumulate);

    public override void HalfTile(float* a, float* b, float* c, nint stride, int depth, bool accumulate)
        => Tile6x2(a, b, c, stride, depth, accumulate);

    public override void PackStored(StorageFormat format, byte* source, long rowBytes, int rows, int depth, float* packed, float* wide)
    {
        switch (format)
        {
            case StorageFormat.F32:
                Packing512.Transpose<Single>(source, (nint)rowBytes, rows, depth, packed, TileColumns);
                break;
            case StorageFormat.F16:
                Packing512.Transpose<Half>(source, (nint)rowBytes, rows, depth, packed, TileColumns);
                break;
            case StorageFormat.BF16:
                Packing512.Transpose<BFloat16>(source, (nint)rowBytes, rows, depth, packed, TileColumns);
                break;
            default:
                base.PackStored(format, source, rowBytes, rows, depth, packed, wide);
                break;
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void Tile12x2(float* a, float* b, float* c, nint stride, int depth, bool accumulate)
    {
        nint width = Simd512.Width;
        var r0p0 = Simd512.Broadcast(0f);
        var r0p1 = r0p0;
        var r1p0 = Simd512.Broadcast(0f);
        var r1p1 = r1p0;
        var r2p0 = Simd512.Broadcast(0f);
        var r2p1 = r2p0;
        var r3p0 = Simd512.Broadcast(0f);
        var r3p1 = r3p0;
        var r4p0 = Simd512.Broadcast(0f);
        var r4p1 = r4p0;
        var r5p0 = Simd512.Broadcast(0f);
        var r5p1 = r5p0;
        var r6p0 = Simd512.Broadcast(0f);
        var r6p1 = r6p0;
        var r7p0 = Simd512.Broadcast(0f);
        var r7p1 = r7p0;
        var r8p0 = Simd512.Broadcast(0f);
        var r8p1 = r8p0;
        var r9p0 = Simd512.Broadcast(0f);
        var r9p1 = r9p0;
        var r10p0 = Simd512.Broadcast(0f);
        var r10p1 = r10p0;
        var r11p0 = Simd512.Broadcast(0f);
        var r11p1 = r11p0;
        for (; depth > 0; depth--)
        {
            var b0 = Simd512.Load(b);
            var b1 = Simd512.Load(b + width);
            var v = Simd512.Broadcast(a[0]);
            r0p0 = Simd512.MultiplyAdd(v, b0, r0p0);
            r0p1 = Simd512.MultiplyAdd(v, b1, r0p1);
            v = Simd512.Broadcast(a[1]);
            r1p0 = Simd512.MultiplyAdd(v, b0, r1p0);
            r1p1 = Simd512.MultiplyAdd(v, b1, r1p1);
            v = Simd512.Broadcast(a[2]);
            r2p0 = Simd512.MultiplyAdd(v, b0, r2p0);
            r2p1 = Simd512.MultiplyAdd(v, b1, r2p1);
            v = Simd512.Broadcast(a[3]);
            r3p0 = Simd512.MultiplyAdd(v, b0, r3p0);
            r3p1 = Simd512.MultiplyAdd(v, b1, r3p1);
            v = Simd512.Broadcast(a[4]);
            r4p0 = Simd512.MultiplyAdd(v, b0, r4p0);
            r4p1 = Simd512.MultiplyAdd(v, b1, r4p1);
            v = Simd512.Broadcast(a[5]);
            r5p0 = Simd512.MultiplyAdd(v, b0, r5p0);
            r5p1 = Simd512.MultiplyAdd(v, b1, r5p1);
            v = Simd512.Broadcast(a[6]);
            r6p0 = Simd512.MultiplyAdd(v, b0, r6p0);
            r6p1 = Simd512.MultiplyAdd(v, b1, r6p1);
            v = Simd512.Broadcast(a[7]);
            r7p0 = Simd512.MultiplyAdd(v, b0, r7p0);
            r7p1 = Simd512.MultiplyAdd(v, b1, r7p1);
            v = Simd512.Broadcast(a[8]);
            r8p0 = Simd512.MultiplyAdd(v, b0, r8p0);
            r8p1 = Simd512.MultiplyAdd(v, b1, r8p1);
            v = Simd512.Broadcast(a[9]);
            r9p0 = Simd512.MultiplyAdd(v, b0, r9p0);
            r9p1 = Simd512.MultiplyAdd(v, b1, r9p1);
            v = Simd512.Broadcast(a[10]);
            r10p0 = Simd512.MultiplyAdd(v, b0, r10p0);
            r10p1 = Simd512.MultiplyAdd(v, b1, r10p1);
            v = Simd512.Broadcast(a[11]);
            r11p0 = Simd512.MultiplyAdd(v, b0, r11p0);
            r11p1 = Simd512.MultiplyAdd(v, b1, r11p1);
            a += 12;
            b += 2 * width;
        }

        Put(c, width, r0p0, r0p1, accumulate);
        Put(c + (1 * stride), width, r1p0, r1p1, accumulate);
        Put(c + (2 * stride), width, r2p0, r2p1, accumulate);
        Put(c + (3 * stride), width, r3p0, r3p1, accumulate);
        Put(c + (4 * stride), width, r4p0, r4p1, accumulate);
        Put(c + (5 * stride), width, r5p0, r5p1, accumulate);
        Put(c + (6 * stride), width, r6p0, r6p1, accumulate);
        Put(c + (7 * stride), width, r7p0, r7p1, accumulate);
        Put(c + (8 * stride), width, r8p0, r8p1, accumulate);
        Put(c + (9 * stride), width, r9p0, r9p1, accumulate);
        Put(c + (10 * stride), width, r10p0, r10p1, accumulate);
        Put(c + (11 * stride), width, r11p0, r11p1, accumulate);
    }
}
