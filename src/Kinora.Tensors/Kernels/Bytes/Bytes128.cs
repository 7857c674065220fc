using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kinora.Tensors.Kernels.Bytes;

/// <summary>128-bit vectors by operations that every processor with such vectors has.</summary>
internal readonly unsafe struct Bytes128 : IByteSimd<Vector128<int>, Vector128<float>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(byte* source) => Vector128.Load((int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(int bytes) => Vector128.Create(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Low(Vector128<int> bytes) => bytes & Vector128.Create(0x0F0F0F0F);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> High(Vector128<int> bytes) => Vector128.ShiftRightLogical(bytes, 4) & Vector128.Create(0x0F0F0F0F);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Prepare(Vector128<int> weights, out Vector128<int> magnitudes) => magnitudes = weights;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Start8(int sum) => Vector128.Create(-128 * sum);

    /// <summary>A product (at most 255 * 127) fits into 16 bits; the even and the odd bytes of x and of the weights meet apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Multiply8(Vector128<int> weights, Vector128<int> magnitudes, Vector128<int> x, Vector128<int> sums)
    {
        var even = (weights & Vector128.Create(0x00FF00FF)).AsInt16() * Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(x.AsInt16(), 8), 8);
        var odd = Vector128.ShiftRightLogical(weights.AsInt16(), 8) * Vector128.ShiftRightArithmetic(x.AsInt16(), 8);
        return sums + Halves(even) + Halves(odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Start4(int sum) => Vector128.Create(-8 * sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Multiply4(Vector128<int> halves, Vector128<int> x, Vector128<int> sums) => Multiply8(halves, halves, x, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Finish4(Vector128<int> sums, int sum) => sums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ToFloats(Vector128<int> sums) => Vector128.ConvertToSingle(sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Round(float* x, float factor, sbyte* bytes, out int sum) => ScalarBytes.Round(x, factor, bytes, out sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(float* x) => ScalarBytes.Largest(x);

    /// <summary>The two 16-bit numbers of each place, added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Halves(Vector128<short> pairs)
        => Vector128.ShiftRightArithmetic(pairs.AsInt32(), 16) + Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(pairs.AsInt32(), 16), 16);
}
