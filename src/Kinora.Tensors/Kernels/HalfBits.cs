using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels;

/// <summary>
/// Widening of binary16 by integer shifts and one multiplication. Shifting the 15 magnitude bits into place leaves the exponent
/// 112 too small, for normal and subnormal numbers alike; multiplying by 2^112 mends it exactly. Infinities and NaN come out
/// as 2^16 and more and get their exponent bits set.
/// </summary>
internal static class HalfBits
{
    public const int MagnitudeMask = 0x7FFF;
    public const int SignMask = 0x8000;
    public const int MantissaShift = 13;
    public const float Rescale = 5.192296858534828e33f; // 2^112
    public const float Overflow = 65536f;
    public const int ExponentMask = 0x7F800000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort bits)
    {
        var magnitude = BitConverter.Int32BitsToSingle((bits & MagnitudeMask) << MantissaShift) * Rescale;
        var pattern = BitConverter.SingleToInt32Bits(magnitude) | ((bits & SignMask) << 16);
        return BitConverter.Int32BitsToSingle(magnitude >= Overflow ? pattern | ExponentMask : pattern);
    }
}
