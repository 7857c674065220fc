using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kinora.Tensors.Kernels.Bytes;

/// <summary>
/// 256-bit vectors with AVX-VNNI: four products of unsigned with signed bytes and their sum in one instruction. Weights stay
/// unsigned as they are stored; what that adds (128 or 8 times the sum of x) is taken off at the start of each block.
/// </summary>
internal readonly unsafe struct BytesVnni : IByteSimd<Vector256<int>, Vector256<float>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(byte* source) => Bytes256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(int bytes) => Bytes256.Broadcast(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Low(Vector256<int> bytes) => Bytes256.Low(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> High(Vector256<int> bytes) => Bytes256.High(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Prepare(Vector256<int> weights, out Vector256<int> magnitudes) => magnitudes = weights;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Start8(int sum) => Vector256.Create(-128 * sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Multiply8(Vector256<int> weights, Vector256<int> magnitudes, Vector256<int> x, Vector256<int> sums)
        => AvxVnni.MultiplyWideningAndAdd(sums, weights.AsByte(), x.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Start4(int sum) => Vector256.Create(-8 * sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Multiply4(Vector256<int> halves, Vector256<int> x, Vector256<int> sums)
        => AvxVnni.MultiplyWideningAndAdd(sums, halves.AsByte(), x.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Finish4(Vector256<int> sums, int sum) => sums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToFloats(Vector256<int> sums) => Bytes256.ToFloats(sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Round(float* x, float factor, sbyte* bytes, out int sum) => Bytes256.Round(x, factor, bytes, out sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(float* x) => Bytes256.Largest(x);
}
