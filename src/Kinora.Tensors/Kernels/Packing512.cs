using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kinora.Tensors.Kernels;

/// <summary>Lays rows of weights side by side as <see cref="Packing"/> does, sixteen rows and columns at a time in AVX-512 registers, widening on the way.</summary>
internal static unsafe class Packing512
{
    private const int Side = 16;

    /// <summary>packed[k * panel + row] = the number at row, k; rows that are missing up to the panel's width become zeros.</summary>
    [MethodImpl(Jit.Kernel)]
    public static void Transpose<TFormat>(byte* source, nint rowBytes, int rows, int depth, float* packed, nint panel)
        where TFormat : struct, SimdKernels<Simd512, Vector512<float>>.IRowFormat
    {
        var row = 0;
        for (; row <= rows - Side; row += Side)
        {
            var k = 0;
            for (; k <= depth - Side; k += Side)
            {
                Block<TFormat>(source + (row * rowBytes) + (k * TFormat.ElementBytes), rowBytes, packed + row + (k * panel), panel);
            }

            for (var i = 0; i < Side; i++)
            {
                Column<TFormat>(source + ((row + i) * rowBytes), k, depth, packed + row + i, panel);
            }
        }

        for (; row < rows; row++)
        {
            Column<TFormat>(source + (row * rowBytes), 0, depth, packed + row, panel);
        }

        for (; row < panel; row++)
        {
            for (var k = 0; k < depth; k++)
            {
                packed[(k * panel) + row] = 0f;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TFormat>(byte* row, int first, int depth, float* packed, nint panel)
        where TFormat : struct, SimdKernels<Simd512, Vector512<float>>.IRowFormat
    {
        for (var k = first; k < depth; k++)
        {
            packed[k * panel] = TFormat.LoadOne(row + (k * TFormat.ElementBytes));
        }
    }

    /// <summary>Pairs of rows, then fours, then quarters of registers change places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block<TFormat>(byte* p, nint stride, float* q, nint panel)
        where TFormat : struct, SimdKernels<Simd512, Vector512<float>>.IRowFormat
    {
        Four<TFormat>(p, stride, out var a0, out var a1, out var a2, out var a3);
        Four<TFormat>(p + (4 * stride), stride, out var b0, out var b1, out var b2, out var b3);
        Four<TFormat>(p + (8 * stride), stride, out var c0, out var c1, out var c2, out var c3);
        Four<TFormat>(p + (12 * stride), stride, out var d0, out var d1, out var d2, out var d3);
        Quarters(a0, b0, c0, d0, q, panel);
        Quarters(a1, b1, c1, d1, q + panel, panel);
        Quarters(a2, b2, c2, d2, q + (2 * panel), panel);
        Quarters(a3, b3, c3, d3, q + (3 * panel), panel);
    }

    /// <summary>Four rows; result i holds columns i, i + 4, i + 8 and i + 12 of all four, a quarter each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four<TFormat>(byte* p, nint stride, out Vector512<float> y0, out Vector512<float> y1, out Vector512<float> y2, out Vector512<float> y3)
        where TFormat : struct, SimdKernels<Simd512, Vector512<float>>.IRowFormat
    {
        const int Ahead = 4 * Side;
        Sse.Prefetch0(p + (Ahead * TFormat.ElementBytes));
        Sse.Prefetch0(p + stride + (Ahead * TFormat.ElementBytes));
        Sse.Prefetch0(p + (2 * stride) + (Ahead * TFormat.ElementBytes));
        Sse.Prefetch0(p + (3 * stride) + (Ahead * TFormat.ElementBytes));
        var r0 = TFormat.Load(p);
        var r1 = TFormat.Load(p + stride);
        var r2 = TFormat.Load(p + (2 * stride));
        var r3 = TFormat.Load(p + (3 * stride));
        var low01 = Avx512F.UnpackLow(r0, r1).AsDouble();
        var high01 = Avx512F.UnpackHigh(r0, r1).AsDouble();
        var low23 = Avx512F.UnpackLow(r2, r3).AsDouble();
        var high23 = Avx512F.UnpackHigh(r2, r3).AsDouble();
        y0 = Avx512F.UnpackLow(low01, low23).AsSingle();
        y1 = Avx512F.UnpackHigh(low01, low23).AsSingle();
        y2 = Avx512F.UnpackLow(high01, high23).AsSingle();
        y3 = Avx512F.UnpackHigh(high01, high23).AsSingle();
    }

    /// <summary>The four quarters of four registers, transposed: four columns of all sixteen rows, every fourth one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* q, nint panel)
    {
        const byte Even = 0x88;
        const byte Odd = 0xDD;
        var even01 = Avx512F.Shuffle4x128(a, b, Even);
        var odd01 = Avx512F.Shuffle4x128(a, b, Odd);
        var even23 = Avx512F.Shuffle4x128(c, d, Even);
        var odd23 = Avx512F.Shuffle4x128(c, d, Odd);
        Avx512F.Shuffle4x128(even01, even23, Even).Store(q);
        Avx512F.Shuffle4x128(odd01, odd23, Even).Store(q + (4 * panel));
        Avx512F.Shuffle4x128(even01, even23, Odd).Store(q + (8 * panel));
        Avx512F.Shuffle4x128(odd01, odd23, Odd).Store(q + (12 * panel));
    }
}
