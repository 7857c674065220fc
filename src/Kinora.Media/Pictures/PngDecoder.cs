using System.Buffers.Binary;
using System.IO.Compression;

namespace Kinora.Media;

/// <summary>
/// Reads PNG files (all colour types, interlaced ones too) without a child process, so that a folder of frames costs no
/// process each, and bit for bit as stored: no gamma, no colour profile.
/// </summary>
internal static class PngDecoder
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    public static bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith(Signature);

    public static PngHeader ReadHeader(string path, ReadOnlySpan<byte> file)
    {
        if (file.Length < 33 || !Recognises(file) || !file.Slice(12, 4).SequenceEqual("IHDR"u8))
        {
            throw Broken(path, "its header is damaged");
        }

        var header = new PngHeader(
            BinaryPrimitives.ReadInt32BigEndian(file[16..]),
            BinaryPrimitives.ReadInt32BigEndian(file[20..]),
            file[24],
            file[25],
            file[28] == 1);
        if (!header.IsValid || file[26] != 0 || file[27] != 0 || file[28] > 1)
        {
            throw Broken(path, "its header holds values that the format doesn't have");
        }

        return header;
    }

    /// <summary>The samples as stored: palette indices for colour type 3, 0/1 for one bit, 16-bit samples as two bytes.</summary>
    public static PngImage Decode(string path, byte[] file, MediaLimits limits)
    {
        var header = ReadHeader(path, file);
        if ((long)header.Width * header.Height > limits.MaxPixels)
        {
            throw new MediaException(path, $"the picture has {header.Width}x{header.Height} pixels, more than the limit of {limits.MaxPixels}; reduce it {MediaLimits.Place(nameof(MediaLimits.MaxPixels))}.");
        }

        byte[] palette = [];
        using var compressed = new MemoryStream();
        for (var at = 8; ;)
        {
            if (at > file.Length - 12)
            {
                break;
            }

            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            if (length < 0 || length > file.Length - at - 12)
            {
                // Keep what is there of a cut file's last chunk: the missing rows stay black only if whole rows are missing at all.
                length = file.Length - at - 12;
            }

            var type = file.AsSpan(at + 4, 4);
            if (type.SequenceEqual("IDAT"u8))
            {
                compressed.Write(file, at + 8, length);
            }
            else if (type.SequenceEqual("PLTE"u8))
            {
                palette = file.AsSpan(at + 8, length - (length % 3)).ToArray();
            }
            else if (type.SequenceEqual("IEND"u8))
            {
                break;
            }

            at += 12 + length;
        }

        compressed.Position = 0;
        try
        {
            using var rows = new ZLibStream(compressed, CompressionMode.Decompress);
            return new PngImage(header, palette, PngRows.Read(header, rows));
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw Broken(path, "its pixel data is damaged or cut short", error);
        }
    }

    private static MediaException Broken(string path, string what, Exception? inner = null)
        => new(path, $"this PNG picture can't be read, {what}; save or copy it again.", inner);
}
