using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kinora.Tensors.Kernels;

/// <summary>Lays rows side by side, [depth][panel], so that the tile kernel reads them one after the other.</summary>
internal static unsafe class Packing
{
    /// <summary>packed[k * panel + row] = source[row * stride + k]; rows that are missing up to the panel's width become zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, nint stride, int rows, int depth, float* packed, int panel, bool vectorised)
    {
        var row = 0;
        if (vectorised)
        {
            for (; row <= rows - 8; row += 8)
            {
                Transpose8(source + (row * stride), stride, depth, packed + row, panel);
            }

            for (; row <= rows - 4; row += 4)
            {
                Transpose4(source + (row * stride), stride, depth, packed + row, panel);
            }
        }

        for (; row < rows; row++)
        {
            var line = source + (row * stride);
            for (var k = 0; k < depth; k++)
            {
                packed[((nint)k * panel) + row] = line[k];
            }
        }

        for (; row < panel; row++)
        {
            for (var k = 0; k < depth; k++)
            {
                packed[((nint)k * panel) + row] = 0f;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose8(float* source, nint stride, int depth, float* packed, nint panel)
    {
        var k = 0;
        for (; k <= depth - 8; k += 8)
        {
            var p = source + k;
            var r0 = Vector256.Load(p);
            var r1 = Vector256.Load(p + stride);
            var r2 = Vector256.Load(p + (2 * stride));
            var r3 = Vector256.Load(p + (3 * stride));
            var r4 = Vector256.Load(p + (4 * stride));
            var r5 = Vector256.Load(p + (5 * stride));
            var r6 = Vector256.Load(p + (6 * stride));
            var r7 = Vector256.Load(p + (7 * stride));
            var t0 = Avx.UnpackLow(r0, r1);
            var t1 = Avx.UnpackHigh(r0, r1);
            var t2 = Avx.UnpackLow(r2, r3);
            var t3 = Avx.UnpackHigh(r2, r3);
            var t4 = Avx.UnpackLow(r4, r5);
            var t5 = Avx.UnpackHigh(r4, r5);
            var t6 = Avx.UnpackLow(r6, r7);
            var t7 = Avx.UnpackHigh(r6, r7);
            r0 = Avx.Shuffle(t0, t2, 0x44);
            r1 = Avx.Shuffle(t0, t2, 0xEE);
            r2 = Avx.Shuffle(t1, t3, 0x44);
            r3 = Avx.Shuffle(t1, t3, 0xEE);
            r4 = Avx.Shuffle(t4, t6, 0x44);
            r5 = Avx.Shuffle(t4, t6, 0xEE);
            r6 = Avx.Shuffle(t5, t7, 0x44);
            r7 = Avx.Shuffle(t5, t7, 0xEE);
            var q = packed + (k * panel);
            Avx.Permute2x128(r0, r4, 0x20).Store(q);
            Avx.Permute2x128(r1, r5, 0x20).Store(q + panel);
            Avx.Permute2x128(r2, r6, 0x20).Store(q + (2 * panel));
            Avx.Permute2x128(r3, r7, 0x20).Store(q + (3 * panel));
            Avx.Permute2x128(r0, r4, 0x31).Store(q + (4 * panel));
            Avx.Permute2x128(r1, r5, 0x31).Store(q + (5 * panel));
            Avx.Permute2x128(r2, r6, 0x31).Store(q + (6 * panel));
            Avx.Permute2x128(r3, r7, 0x31).Store(q + (7 * panel));
        }

        for (; k < depth; k++)
        {
            for (var row = 0; row < 8; row++)
            {
                packed[(k * panel) + row] = source[(row * stride) + k];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose4(float* source, nint stride, int depth, float* packed, nint panel)
    {
        var k = 0;
        for (; k <= depth - 4; k += 4)
        {
            var p = source + k;
            var r0 = Vector128.Load(p);
            var r1 = Vector128.Load(p + stride);
            var r2 = Vector128.Load(p + (2 * stride));
            var r3 = Vector128.Load(p + (3 * stride));
            var t0 = Sse.UnpackLow(r0, r1);
            var t1 = Sse.UnpackHigh(r0, r1);
            var t2 = Sse.UnpackLow(r2, r3);
            var t3 = Sse.UnpackHigh(r2, r3);
            var q = packed + (k * panel);
            Sse.MoveLowToHigh(t0, t2).Store(q);
            Sse.MoveHighToLow(t2, t0).Store(q + panel);
            Sse.MoveLowToHigh(t1, t3).Store(q + (2 * panel));
            Sse.MoveHighToLow(t3, t1).Store(q + (3 * panel));
        }

        for (; k < depth; k++)
        {
            for (var row = 0; row < 4; row++)
            {
                packed[(k * panel) + row] = source[(row * stride) + k];
            }
        }
    }
}
