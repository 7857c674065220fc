using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Kinora.Training.Logging;

/// <summary>TensorFlow's framing of records in a file.</summary>
internal static class TensorFlowRecord
{
    // Added so that the sum of data that holds sums is no special value.
    private const uint MaskDelta = 0xa282ead8;

    /// <summary>Length (8 bytes), its masked sum (4), the data, its masked sum (4), all little-endian.</summary>
    public static void Write(IBufferWriter<byte> to, ReadOnlySpan<byte> data)
    {
        var length = to.GetSpan(12)[..12];
        BinaryPrimitives.WriteInt64LittleEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(length[8..], Masked(length[..8]));
        to.Advance(12);
        to.Write(data);
        BinaryPrimitives.WriteUInt32LittleEndian(to.GetSpan(4), Masked(data));
        to.Advance(4);
    }

    /// <summary>The sum as the records hold it.</summary>
    public static uint Masked(ReadOnlySpan<byte> data) => BitOperations.RotateRight(Crc32C(data), 15) + MaskDelta;

    /// <summary>CRC-32C (Castagnoli), as in RFC 3720.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var sum = uint.MaxValue;
        foreach (var value in data)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        return ~sum;
    }
}
