using System.Buffers.Binary;
using System.IO.Compression;

namespace Kinora.Media;

/// <summary>Writes 8-bit PNG files: one IDAT chunk, each row filtered by the difference to the row above.</summary>
internal static class PngEncoder
{
    private const byte UpFilter = 2;
    private static readonly uint[] CrcTable = MakeCrcTable();

    public static byte[] Encode(Picture picture)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        Span<byte> header = stackalloc byte[13];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], picture.Height);
        header[8] = 8;
        header[9] = (byte)(picture.Channels switch
        {
            1 => PngHeader.Grey,
            2 => PngHeader.GreyAlpha,
            3 => PngHeader.Rgb,
            _ => PngHeader.Rgba,
        });
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(picture));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static ReadOnlySpan<byte> Compress(Picture picture)
    {
        var compressed = new MemoryStream();
        using (var rows = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var filtered = new byte[picture.Stride];
            ReadOnlySpan<byte> above = new byte[picture.Stride];
            for (var y = 0; y < picture.Height; y++)
            {
                var row = picture.Row(y);
                for (var x = 0; x < filtered.Length; x++)
                {
                    filtered[x] = (byte)(row[x] - above[x]);
                }

                rows.WriteByte(UpFilter);
                rows.Write(filtered);
                above = row;
            }
        }

        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(type);
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), content));
        file.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return crc;
    }

    // The reflected polynomial of the PNG specification's appendix.
    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var index = 0u; index < 256; index++)
        {
            var crc = index;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }

            table[index] = crc;
        }

        return table;
    }
}
