using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kinora.Tensors.Kernels.Bytes;

/// <summary>
/// 256-bit vectors with AVX2: products of unsigned with signed bytes, summed in pairs to 16 bits. 8-bit weights pass as
/// magnitudes, their signs moved to x, so that a pair (at most 2 * 127 * 127) can't overflow; products of 4-bit halves (at most
/// 15 * 127) are so small that all of a block fit into 16 bits.
/// </summary>
internal readonly unsafe struct Bytes256 : IByteSimd<Vector256<int>, Vector256<float>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(byte* source) => Vector256.Load((int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(int bytes) => Vector256.Create(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Low(Vector256<int> bytes) => bytes & Vector256.Create(0x0F0F0F0F);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> High(Vector256<int> bytes) => Vector256.ShiftRightLogical(bytes, 4) & Vector256.Create(0x0F0F0F0F);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Prepare(Vector256<int> weights, out Vector256<int> magnitudes)
    {
        var signed = (weights.AsByte() ^ Vector256.Create((byte)0x80)).AsSByte();
        magnitudes = Avx2.Abs(signed).AsInt32();
        return signed.AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Start8(int sum) => Vector256<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Multiply8(Vector256<int> weights, Vector256<int> magnitudes, Vector256<int> x, Vector256<int> sums)
    {
        var pairs = Avx2.MultiplyAddAdjacent(magnitudes.AsByte(), Avx2.Sign(x.AsSByte(), weights.AsSByte()));
        return sums + Avx2.MultiplyAddAdjacent(pairs, Vector256.Create((short)1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Start4(int sum) => Vector256<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Multiply4(Vector256<int> halves, Vector256<int> x, Vector256<int> sums)
        => (sums.AsInt16() + Avx2.MultiplyAddAdjacent(halves.AsByte(), x.AsSByte())).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Finish4(Vector256<int> sums, int sum)
        => Avx2.MultiplyAddAdjacent(sums.AsInt16(), Vector256.Create((short)1)) + Vector256.Create(-8 * sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToFloats(Vector256<int> sums) => Vector256.ConvertToSingle(sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Round(float* x, float factor, sbyte* bytes, out int sum)
    {
        var factors = Vector256.Create(factor);
        var r0 = Avx.ConvertToVector256Int32(Vector256.Load(x) * factors);
        var r1 = Avx.ConvertToVector256Int32(Vector256.Load(x + 8) * factors);
        var r2 = Avx.ConvertToVector256Int32(Vector256.Load(x + 16) * factors);
        var r3 = Avx.ConvertToVector256Int32(Vector256.Load(x + 24) * factors);
        sum = Vector256.Sum(r0 + r1 + (r2 + r3));
        var packed = Avx2.PackSignedSaturate(Avx2.PackSignedSaturate(r0, r1), Avx2.PackSignedSaturate(r2, r3)); // in each half: 4 of r0, r1, r2, r3
        Avx2.PermuteVar8x32(packed.AsInt32(), Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).Store((int*)bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(float* x)
    {
        var (x0, x1, x2, x3) = (Vector256.Load(x), Vector256.Load(x + 8), Vector256.Load(x + 16), Vector256.Load(x + 24));
        var largest = Vector256.MaxNative(Vector256.MaxNative(Vector256.Abs(x0), Vector256.Abs(x1)), Vector256.MaxNative(Vector256.Abs(x2), Vector256.Abs(x3)));
        var nothing = (x0 * 0f) + (x1 * 0f) + ((x2 * 0f) + (x3 * 0f));
        return Simd256.MaxElement(largest) + Vector256.Sum(nothing);
    }
}
