using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kinora.Tensors.Kernels;

/// <summary>The values of one head in a row: short stretches, far from one row to the next, which the processor doesn't foresee.</summary>
internal static unsafe class HeadRows
{
    /// <summary>How many rows ahead of the one in use others are asked for.</summary>
    public const int Ahead = 16;

    private const int CacheLine = 16;

    /// <summary>Asks for the cache lines of a stretch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* row, int size)
    {
        for (var i = 0; Sse.IsSupported && i < size; i += CacheLine)
        {
            Sse.Prefetch0(row + i);
        }
    }

    /// <summary>Copies a stretch: so short that a call would take longer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* from, float* to, int size)
    {
        var i = 0;
        for (; i <= size - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256.Load(from + i).Store(to + i);
        }

        for (; i < size; i++)
        {
            to[i] = from[i];
        }
    }
}
