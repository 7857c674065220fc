using System.Buffers.Binary;
using System.Text.Json;

namespace Kinora.Models.Checkpoints;

/// <summary>
/// Reads and checks the header of a safetensors file: 8 bytes with the header's length (little endian), then JSON that gives
/// each tensor its type, shape and place behind the header.
/// </summary>
/// <remarks>
/// A file from the net is not to be trusted: nothing is allocated before its size is known to be sane, and the places of the
/// tensors must cover the data exactly, so that no byte is hidden and none is used twice.
/// </remarks>
internal static class SafetensorsHeader
{
    /// <summary>The largest header; the format's own limit.</summary>
    public const long LargestHeader = 100_000_000;

    /// <summary>The most tensors; the largest published models have a few thousand per file.</summary>
    public const int MostTensors = 65_536;

    /// <summary>The most axes of a tensor; NumPy's limit.</summary>
    public const int MostAxes = 32;

    private const string Damaged = "; the file is damaged or no safetensors file, fetch it again";

    /// <summary>Reads the header at the start of a file.</summary>
    /// <exception cref="CheckpointException">Anything that isn't a sound header.</exception>
    public static (Dictionary<string, SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Read(string path, Stream file)
    {
        var size = file.Length;
        Span<byte> prefix = stackalloc byte[9];
        if (size < prefix.Length || file.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
        {
            throw Broken(path, $"{size} bytes are too few for a safetensors header");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length < 2 || length > LargestHeader || length > (ulong)(size - 8))
        {
            throw Broken(path, $"a header of {length} bytes in a file of {size} bytes (expected 2 to {Math.Min(LargestHeader, size - 8)})");
        }

        if (prefix[8] != '{')
        {
            throw Broken(path, $"the header begins with byte 0x{prefix[8]:x2} where '{{' was expected");
        }

        var json = new byte[length];
        json[0] = prefix[8];
        try
        {
            file.ReadExactly(json.AsSpan(1));
            var header = new SafetensorsHeaderJson(path, 8 + (long)length).Read(json);
            CheckPlaces(path, header.Entries.Values, 8 + (long)length, size);
            return header;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The reader reports broken UTF-8 and lone surrogates in strings as InvalidOperationException.
            throw Broken(path, $"the header is no valid JSON ({JsonFile.Where(error)})", error);
        }
        catch (EndOfStreamException error)
        {
            throw Broken(path, "the file ends inside its header", error);
        }
    }

    internal static CheckpointException Broken(string path, string what, Exception? inner = null) => new(path, what + Damaged, inner);

    private static void CheckPlaces(string path, IEnumerable<SafetensorsEntry> entries, long dataStart, long fileSize)
    {
        var expected = dataStart;
        foreach (var entry in entries.OrderBy(entry => entry.Offset).ThenBy(entry => entry.Length))
        {
            if (entry.Offset != expected)
            {
                var what = entry.Offset > expected ? "leaves a hole before it" : "overlaps the one before it";
                throw Broken(path, $"tensor {Quotation.Of(entry.Name)} begins at byte {entry.Offset - dataStart} of the data where {expected - dataStart} was expected, it {what}");
            }

            expected += entry.Length;
        }

        if (expected != fileSize)
        {
            throw Broken(path, $"the tensors take {expected - dataStart} bytes but {fileSize - dataStart} follow the header");
        }
    }
}
