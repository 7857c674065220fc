using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kinora.Tensors.Kernels;

/// <summary>Lays rows side by side, [depth][panel], so that the tile kernel reads them one after the other.</summary>
internal static unsafe class Packing
{
    /// <summary>Columns that are taken of all rows before the next ones: a cache line of each.</summary>
    private const int Step = 16;

    /// <summary>How far ahead of the columns in use others are asked for; the processor does not foresee so many streams at once.</summary>
    private const int Ahead = 2 * Step;

    /// <summary>packed[k * panel + row] = source[row * stride + k]; rows that are missing up to the panel's width become zeros.</summary>
    [MethodImpl(Jit.Kernel)]
    public static void Transpose(float* source, nint stride, int rows, int depth, float* packed, nint panel, bool vectorised)
    {
        nint k = 0;
        for (; vectorised && k <= depth - Step; k += Step)
        {
            var (from, to, row) = ((nint)(source + k), (nint)(packed + (k * panel)), 0);
            for (; row <= rows - 8; row += 8)
            {
                Block8((float*)from + (row * stride), stride, (float*)to + row, panel);
                Block8((float*)from + (row * stride) + 8, stride, (float*)to + row + (8 * panel), panel);
            }

            for (; row <= rows - 4; row += 4)
            {
                for (var part = 0; part < Step; part += 4)
                {
                    Block4((float*)from + (row * stride) + part, stride, (float*)to + row + (part * panel), panel);
                }
            }

            for (; row <= rows - 2; row += 2)
            {
                for (var part = 0; part < Step; part += 4)
                {
                    Block2((float*)from + (row * stride) + part, stride, (float*)to + row + (part * panel), panel);
                }
            }

            for (; row < rows; row++)
            {
                Column((float*)from + (row * stride), Step, (float*)to + row, panel);
            }
        }

        for (var row = 0; row < rows; row++)
        {
            Column(source + (row * stride) + k, depth - (int)k, packed + (k * panel) + row, panel);
        }

        for (nint row = rows; row < panel; row++)
        {
            for (k = 0; k < depth; k++)
            {
                packed[(k * panel) + row] = 0f;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column(float* source, int depth, float* packed, nint panel)
    {
        for (var k = 0; k < depth; k++)
        {
            packed[k * panel] = source[k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block8(float* p, nint stride, float* q, nint panel)
    {
        Sse.Prefetch0(p + Ahead);
        var r0 = Vector256.Load(p);
        Sse.Prefetch0(p + Ahead + stride);
        var r1 = Vector256.Load(p + stride);
        Sse.Prefetch0(p + Ahead + (2 * stride));
        var r2 = Vector256.Load(p + (2 * stride));
        Sse.Prefetch0(p + Ahead + (3 * stride));
        var r3 = Vector256.Load(p + (3 * stride));
        Sse.Prefetch0(p + Ahead + (4 * stride));
        var r4 = Vector256.Load(p + (4 * stride));
        Sse.Prefetch0(p + Ahead + (5 * stride));
        var r5 = Vector256.Load(p + (5 * stride));
        Sse.Prefetch0(p + Ahead + (6 * stride));
        var r6 = Vector256.Load(p + (6 * stride));
        Sse.Prefetch0(p + Ahead + (7 * stride));
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
        Avx.Permute2x128(r0, r4, 0x20).Store(q);
        Avx.Permute2x128(r1, r5, 0x20).Store(q + panel);
        Avx.Permute2x128(r2, r6, 0x20).Store(q + (2 * panel));
        Avx.Permute2x128(r3, r7, 0x20).Store(q + (3 * panel));
        Avx.Permute2x128(r0, r4, 0x31).Store(q + (4 * panel));
        Avx.Permute2x128(r1, r5, 0x31).Store(q + (5 * panel));
        Avx.Permute2x128(r2, r6, 0x31).Store(q + (6 * panel));
        Avx.Permute2x128(r3, r7, 0x31).Store(q + (7 * panel));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block4(float* p, nint stride, float* q, nint panel)
    {
        var r0 = Vector128.Load(p);
        var r1 = Vector128.Load(p + stride);
        var r2 = Vector128.Load(p + (2 * stride));
        var r3 = Vector128.Load(p + (3 * stride));
        var t0 = Sse.UnpackLow(r0, r1);
        var t1 = Sse.UnpackHigh(r0, r1);
        var t2 = Sse.UnpackLow(r2, r3);
        var t3 = Sse.UnpackHigh(r2, r3);
        Sse.MoveLowToHigh(t0, t2).Store(q);
        Sse.MoveHighToLow(t2, t0).Store(q + panel);
        Sse.MoveLowToHigh(t1, t3).Store(q + (2 * panel));
        Sse.MoveHighToLow(t3, t1).Store(q + (3 * panel));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block2(float* p, nint stride, float* q, nint panel)
    {
        var low = Sse.UnpackLow(Vector128.Load(p), Vector128.Load(p + stride));
        var high = Sse.UnpackHigh(Vector128.Load(p), Vector128.Load(p + stride));
        Sse.StoreLow(q, low);
        Sse.StoreHigh(q + panel, low);
        Sse.StoreLow(q + (2 * panel), high);
        Sse.StoreHigh(q + (3 * panel), high);
    }
}
