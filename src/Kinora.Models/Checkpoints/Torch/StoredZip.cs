using System.Buffers.Binary;
using System.Text;

namespace Kinora.Models.Checkpoints.Torch;

/// <summary>
/// Where the entries of a zip file lie whose entries are stored as they are, as PyTorch writes them. Archives that could be read in two ways are refused: compressed or encrypted entries, names that
/// differ between directory and entry or come twice, entries that overlap or reach into the directory.
/// </summary>
internal static class StoredZip
{
    private const uint EntryMark = 0x04034b50;
    private const uint DirectoryMark = 0x02014b50;
    private const uint EndMark = 0x06054b50;
    private const uint End64Mark = 0x06064b50;
    private const uint Locator64Mark = 0x07064b50;
    private const int EntryBytes = 30;
    private const int DirectoryBytes = 46;
    private const int EndBytes = 22;
    private const int End64Bytes = 56;
    private const int Locator64Bytes = 20;
    private const int Extra64 = 1;
    private const int EncryptedFlag = 1;
    private const int MostEntries = 1 << 20;
    private const int MostDirectoryBytes = 1 << 28;

    /// <summary>Reads the directory at the end of an archive.</summary>
    /// <returns>The place of each entry's bytes, by its whole name.</returns>
    /// <exception cref="CheckpointException">No zip file, a damaged one, or one that plays tricks.</exception>
    public static Dictionary<string, (long Offset, long Length)> Read(string path, Stream file)
    {
        var (first, length, count) = FindDirectory(path, file);
        var directory = new byte[length];
        ReadAt(path, file, first, directory);
        var (places, spans, at) = (new Dictionary<string, (long, long)>(StringComparer.Ordinal), new List<(long First, long End)>(), 0);
        for (var number = 0L; number < count; number++)
        {
            if (directory.Length - at < DirectoryBytes || BinaryPrimitives.ReadUInt32LittleEndian(directory.AsSpan(at)) != DirectoryMark)
            {
                throw Broken(path, $"entry {number} of its directory is cut off");
            }

            var header = directory.AsSpan(at, DirectoryBytes);
            var (name, extra, comment) = (U16(header, 28), U16(header, 30), U16(header, 32));
            if (directory.Length - at - DirectoryBytes < name + extra + comment)
            {
                throw Broken(path, $"entry {number} of its directory is cut off");
            }

            var text = Encoding.UTF8.GetString(directory, at + DirectoryBytes, name);
            if ((U16(header, 8) & EncryptedFlag) != 0 || U16(header, 10) != 0)
            {
                throw Broken(path, $"the entry {Quotation.Of(text)} is compressed or encrypted, and PyTorch stores them as they are");
            }

            var (stored, size, place) = ((long)U32(header, 20), (long)U32(header, 24), (long)U32(header, 42));
            Widen(path, directory.AsSpan(at + DirectoryBytes + name, extra), ref size, ref stored, ref place);
            var data = EntryData(path, file, place, text, first);
            if (stored != size || size < 0 || size > first - data)
            {
                throw Broken(path, $"the entry {Quotation.Of(text)} of {size} bytes reaches beyond its place");
            }

            if (!places.TryAdd(text, (data, size)))
            {
                throw Broken(path, $"the entry {Quotation.Of(text)} comes twice");
            }

            spans.Add((place, data + size));
            at += DirectoryBytes + name + extra + comment;
        }

        spans.Sort();
        for (var i = 1; i < spans.Count; i++)
        {
            if (spans[i].First < spans[i - 1].End)
            {
                throw Broken(path, "its entries overlap");
            }
        }

        return places;
    }

    /// <summary>The end record stands behind everything else; sizes beyond 32 bits stand in a second record before it.</summary>
    private static (long First, int Length, long Count) FindDirectory(string path, Stream file)
    {
        const int LongestComment = ushort.MaxValue;
        var tail = new byte[Math.Min(file.Length, EndBytes + LongestComment)];
        ReadAt(path, file, file.Length - tail.Length, tail);
        var end = tail.Length - EndBytes;
        while (end >= 0 && !(BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end)) == EndMark && U16(tail.AsSpan(end), 20) == tail.Length - end - EndBytes))
        {
            end--;
        }

        if (end < 0)
        {
            throw Broken(path, "it isn't the zip file that PyTorch writes since version 1.6");
        }

        var record = tail.AsSpan(end, EndBytes);
        var (count, length, first, limit) = ((long)U16(record, 10), (long)U32(record, 12), (long)U32(record, 16), file.Length - tail.Length + end);
        var locator = new byte[Locator64Bytes];
        if (limit >= Locator64Bytes)
        {
            ReadAt(path, file, limit - Locator64Bytes, locator);
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) == Locator64Mark)
        {
            var wide = new byte[End64Bytes];
            var place = BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8));
            if (place < 0 || place > limit - Locator64Bytes - End64Bytes)
            {
                throw Broken(path, "the record at its end leads outside the file");
            }

            ReadAt(path, file, place, wide);
            if (BinaryPrimitives.ReadUInt32LittleEndian(wide) != End64Mark)
            {
                throw Broken(path, "the record at its end leads to something else");
            }

            (count, length, first, limit) = (BinaryPrimitives.ReadInt64LittleEndian(wide.AsSpan(32)), BinaryPrimitives.ReadInt64LittleEndian(wide.AsSpan(40)), BinaryPrimitives.ReadInt64LittleEndian(wide.AsSpan(48)), place);
        }

        return count is >= 0 and <= MostEntries && length is >= 0 and <= MostDirectoryBytes && first >= 0 && first <= limit - length
            ? (first, (int)length, count)
            : throw Broken(path, $"its directory of {count} entries in {length} bytes at {first} can't be");
    }

    /// <summary>Sizes that don't fit 32 bits stand in the extra field, in this order, those that do are left out there.</summary>
    private static void Widen(string path, ReadOnlySpan<byte> extra, ref long size, ref long stored, ref long place)
    {
        while (extra.Length >= 4)
        {
            var (kind, length) = (U16(extra, 0), U16(extra, 2));
            if (length > extra.Length - 4)
            {
                throw Broken(path, "an extra field of its directory is cut off");
            }

            var values = extra.Slice(4, length);
            if (kind == Extra64)
            {
                Next(ref size, ref values);
                Next(ref stored, ref values);
                Next(ref place, ref values);
            }

            extra = extra[(4 + length)..];
        }

        static void Next(ref long value, ref ReadOnlySpan<byte> values)
        {
            if (value == uint.MaxValue && values.Length >= 8)
            {
                value = BinaryPrimitives.ReadInt64LittleEndian(values);
                values = values[8..];
            }
        }
    }

    /// <summary>Where the bytes of an entry begin: behind its own header, which must say the same name.</summary>
    private static long EntryData(string path, Stream file, long place, string name, long limit)
    {
        var header = new byte[EntryBytes];
        if (place < 0 || place > limit - EntryBytes)
        {
            throw Broken(path, $"the entry {Quotation.Of(name)} begins outside the file");
        }

        ReadAt(path, file, place, header);
        var (nameLength, extraLength) = (U16(header, 26), U16(header, 28));
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != EntryMark || place + EntryBytes + nameLength + extraLength > limit)
        {
            throw Broken(path, $"the entry {Quotation.Of(name)} has no header of its own");
        }

        var own = new byte[nameLength];
        ReadAt(path, file, place + EntryBytes, own);
        return Encoding.UTF8.GetString(own) == name ? place + EntryBytes + nameLength + extraLength : throw Broken(path, $"the entry {Quotation.Of(name)} is called {Quotation.Of(Encoding.UTF8.GetString(own))} in its own header");
    }

    private static void ReadAt(string path, Stream file, long place, Span<byte> bytes)
    {
        file.Position = place;
        if (file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw Broken(path, "it ends too early");
        }
    }

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static CheckpointException Broken(string path, string problem) => new(path, $"{problem}; the file is damaged or no PyTorch checkpoint, fetch it again, or a revision of the model that has safetensors");
}
