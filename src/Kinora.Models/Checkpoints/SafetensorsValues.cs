using System.Runtime.CompilerServices;

namespace Kinora.Models.Checkpoints;

/// <summary>Converts stored numbers. The places may be misaligned, so every value is read with an unaligned load.</summary>
internal static unsafe class SafetensorsValues
{
    public static void ToFloats(SafetensorsDtype dtype, byte* source, Span<float> values)
    {
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = dtype switch
            {
                SafetensorsDtype.BOOL => source[index] == 0 ? 0 : 1,
                SafetensorsDtype.F8_E4M3 => FromE4M3(source[index]),
                SafetensorsDtype.F8_E5M2 => (float)BitConverter.UInt16BitsToHalf((ushort)(source[index] << 8)),
                SafetensorsDtype.F16 => (float)Value<Half>(source, index),
                SafetensorsDtype.BF16 => BitConverter.UInt32BitsToSingle((uint)Value<ushort>(source, index) << 16),
                SafetensorsDtype.F32 => Value<float>(source, index),
                SafetensorsDtype.F64 => (float)Value<double>(source, index),
                SafetensorsDtype.U64 => Value<ulong>(source, index),
                _ => Integer(dtype, source, index),
            };
        }
    }

    /// <summary>False for a type with fractions, or for an unsigned number that doesn't fit.</summary>
    public static bool TryToIntegers(SafetensorsDtype dtype, byte* source, Span<long> values)
    {
        if (dtype is SafetensorsDtype.F8_E4M3 or SafetensorsDtype.F8_E5M2 or SafetensorsDtype.F16 or SafetensorsDtype.BF16 or SafetensorsDtype.F32 or SafetensorsDtype.F64)
        {
            return false;
        }

        for (var index = 0; index < values.Length; index++)
        {
            if (dtype == SafetensorsDtype.U64 && Value<ulong>(source, index) > long.MaxValue)
            {
                return false;
            }

            values[index] = Integer(dtype, source, index);
        }

        return true;
    }

    private static long Integer(SafetensorsDtype dtype, byte* source, int index) => dtype switch
    {
        SafetensorsDtype.BOOL => source[index] == 0 ? 0 : 1,
        SafetensorsDtype.U8 => source[index],
        SafetensorsDtype.I8 => (sbyte)source[index],
        SafetensorsDtype.I16 => Value<short>(source, index),
        SafetensorsDtype.U16 => Value<ushort>(source, index),
        SafetensorsDtype.I32 => Value<int>(source, index),
        SafetensorsDtype.U32 => Value<uint>(source, index),
        _ => Value<long>(source, index),
    };

    private static T Value<T>(byte* source, int index)
        where T : unmanaged
        => Unsafe.ReadUnaligned<T>(source + ((long)index * sizeof(T)));

    // Bias 7; exponent 0 is subnormal; all ones in exponent and mantissa is the only NaN, there is no infinity (arXiv 2209.05433).
    private static float FromE4M3(byte bits)
    {
        var exponent = (bits >> 3) & 15;
        var mantissa = bits & 7;
        var magnitude = (exponent, mantissa) switch
        {
            (15, 7) => float.NaN,
            (0, _) => MathF.ScaleB(mantissa, -9),
            _ => MathF.ScaleB(8 + mantissa, exponent - 10),
        };
        return bits < 128 ? magnitude : -magnitude;
    }
}
