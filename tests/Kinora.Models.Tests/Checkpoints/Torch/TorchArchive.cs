using System.Buffers.Binary;
using System.Text;

namespace Kinora.Models.Tests.Checkpoints.Torch;

/// <summary>Writes zip files and pickles as <c>torch.save</c> does, sound or with whatever a test wants to be wrong.</summary>
internal sealed class TorchArchive
{
    private readonly List<byte> file = [];
    private readonly List<byte> directory = [];
    private int entries;

    /// <summary>The pickle of a dictionary of tensors; each has a storage of its own, numbered from 0.</summary>
    public static byte[] Pickle(IEnumerable<(string Name, string Storage, int Count, int First, int[] Shape, int[] Strides)> tensors)
    {
        var pickle = new List<byte>();
        Raw([0x80, 2, (byte)'}', (byte)'(']);
        var number = 0;
        foreach (var (name, storage, count, first, shape, strides) in tensors)
        {
            Text(name);
            Raw(Encoding.ASCII.GetBytes("ctorch._utils\n_rebuild_tensor_v2\n(("));
            Text("storage");
            Raw(Encoding.ASCII.GetBytes($"ctorch\n{storage}\n"));
            Text($"{number++}");
            Text("cpu");
            Number(count);
            Raw([(byte)'t', (byte)'Q']);
            Number(first);
            Tuple(shape);
            Tuple(strides);
            Raw([0x89]);
            Raw(Encoding.ASCII.GetBytes("ccollections\nOrderedDict\n)RtR"));
        }

        Raw([(byte)'u', (byte)'.']);
        return [.. pickle];

        void Raw(byte[] bytes) => pickle.AddRange(bytes);
        void Text(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Raw([(byte)'X', .. BitConverter.GetBytes(bytes.Length), .. bytes]);
        }

        void Number(int value) => Raw([(byte)'J', .. BitConverter.GetBytes(value)]);

        void Tuple(int[] values)
        {
            Raw([(byte)'(']);
            Array.ForEach(values, Number);
            Raw([(byte)'t']);
        }
    }

    /// <summary>Adds an entry.</summary>
    /// <param name="name">Its name in the directory.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="method">8 would mean compressed.</param>
    /// <param name="flags">1 would mean encrypted.</param>
    /// <param name="own">Its name in its own header, if another.</param>
    /// <param name="place">Where the directory says it begins, if elsewhere.</param>
    public TorchArchive Add(string name, byte[] content, ushort method = 0, ushort flags = 0x808, string? own = null, uint? place = null)
    {
        var begin = (uint)file.Count;
        Header(file, 0x04034b50, own ?? name, content.Length, method, flags, null);
        file.AddRange(content);
        Header(directory, 0x02014b50, name, content.Length, method, flags, place ?? begin);
        entries++;
        return this;
    }

    public byte[] ToArray(byte[]? comment = null)
    {
        var end = new byte[22];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)entries);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)entries);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)directory.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), (uint)file.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(20), (ushort)(comment?.Length ?? 0));
        return [.. file, .. directory, .. end, .. comment ?? []];
    }

    private static void Header(List<byte> stream, uint mark, string name, int size, ushort method, ushort flags, uint? place)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        var header = new byte[place is null ? 30 : 46];
        var span = header.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(span, mark);
        var at = place is null ? 6 : 8;
        BinaryPrimitives.WriteUInt16LittleEndian(span[at..], flags);
        BinaryPrimitives.WriteUInt16LittleEndian(span[(at + 2)..], method);
        BinaryPrimitives.WriteUInt32LittleEndian(span[(at + 12)..], (uint)size);
        BinaryPrimitives.WriteUInt32LittleEndian(span[(at + 16)..], (uint)size);
        BinaryPrimitives.WriteUInt16LittleEndian(span[(at + 20)..], (ushort)bytes.Length);
        if (place is { } begin)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(span[42..], begin);
        }

        stream.AddRange(header);
        stream.AddRange(bytes);
    }
}
