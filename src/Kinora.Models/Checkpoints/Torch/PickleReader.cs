using System.Buffers.Binary;
using System.Text;

namespace Kinora.Models.Checkpoints.Torch;

/// <summary>
/// Reads the pickle of a state dictionary, and nothing else: a machine with the opcodes that <c>torch.save</c> writes for names and tensors. Of the globals that a pickle can name, which could be any function of any
/// library, it knows three, none of which does anything here but build a description; whatever else a file names is refused by that name.
/// </summary>
/// <remarks>Opcodes after CPython's <c>pickletools</c>; the layout after PyTorch's <c>serialization.py</c> (protocol 2, zip format).</remarks>
internal sealed class PickleReader(string path, byte[] pickle)
{
    private const int MostDepth = 1 << 20;
    private const int LongestNumber = 8;

    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<uint, object?> memo = [];
    private int at;

    private enum Known
    {
        OrderedDictionary,
        RebuildTensor,
        RebuildParameter,
    }

    /// <summary>Runs the pickle to its end.</summary>
    /// <returns>The tensors by name, in the order of the file.</returns>
    /// <exception cref="CheckpointException">It isn't a dictionary of tensors, is damaged, or names anything that isn't allowed.</exception>
    public IReadOnlyList<(string Name, TorchTensor Tensor)> Read()
    {
        while (true)
        {
            var opcode = Byte();
            if (opcode == '.')
            {
                break;
            }

            Run(opcode);
            if (stack.Count > MostDepth || marks.Count > MostDepth)
            {
                throw Broken("it puts too much onto its stack");
            }
        }

        return stack is [Items items] && marks.Count == 0 ? Tensors(items) : throw Broken("it isn't a dictionary of tensors");
    }

    private List<(string, TorchTensor)> Tensors(Items items)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var tensors = new List<(string, TorchTensor)>();
        foreach (var (key, value) in items.Entries)
        {
            if (key is not string name)
            {
                throw Broken("a key of its dictionary is no text");
            }

            if (value is not TorchTensor tensor)
            {
                throw Broken($"{Quotation.Of(name)} in it is no tensor");
            }

            if (!names.Add(name))
            {
                throw Broken($"the tensor {Quotation.Of(name)} comes twice");
            }

            tensors.Add((name, tensor));
        }

        return tensors;
    }

    private void Run(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                if (Byte() is var protocol && protocol is < 2 or > 5)
                {
                    throw Broken($"it is written in protocol {protocol}; expected 2 to 5");
                }

                break;
            case 0x95: // FRAME
                _ = Bytes(8);
                break;
            case (byte)'}' or (byte)']': // EMPTY_DICT, EMPTY_LIST
                stack.Add(new Items());
                break;
            case (byte)')': // EMPTY_TUPLE
                stack.Add(Array.Empty<object?>());
                break;
            case (byte)'(': // MARK
                marks.Add(stack.Count);
                break;
            case (byte)'N': // NONE
                stack.Add(null);
                break;
            case 0x88 or 0x89: // NEWTRUE, NEWFALSE
                stack.Add(opcode == 0x88);
                break;
            case (byte)'K': // BININT1
                stack.Add((long)Byte());
                break;
            case (byte)'M': // BININT2
                stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)));
                break;
            case (byte)'J': // BININT
                stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)));
                break;
            case 0x8a: // LONG1
                stack.Add(Number(Byte()));
                break;
            case (byte)'X': // BINUNICODE
                stack.Add(Text(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))));
                break;
            case 0x8c: // SHORT_BINUNICODE
                stack.Add(Text(Byte()));
                break;
            case (byte)'q': // BINPUT
                memo[Byte()] = Top();
                break;
            case (byte)'r': // LONG_BINPUT
                memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))] = Top();
                break;
            case 0x94: // MEMOIZE
                memo[(uint)memo.Count] = Top();
                break;
            case (byte)'h': // BINGET
                stack.Add(Remembered(Byte()));
                break;
            case (byte)'j': // LONG_BINGET
                stack.Add(Remembered(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))));
                break;
            case (byte)'t': // TUPLE
                stack.Add(SinceMark());
                break;
            case 0x85 or 0x86 or 0x87: // TUPLE1 to TUPLE3
                stack.Add(Pop(opcode - 0x84));
                break;
            case (byte)'s': // SETITEM
                SetItems(Pop(2));
                break;
            case (byte)'u': // SETITEMS
                SetItems(SinceMark());
                break;
            case (byte)'c': // GLOBAL
                stack.Add(Global(Line(), Line()));
                break;
            case 0x93: // STACK_GLOBAL
                stack.Add(Pop(2) is [string module, string name] ? Global(module, name) : throw Broken("it names a global by something that is no text"));
                break;
            case (byte)'R': // REDUCE
                stack.Add(Pop(2) is [Known callee, object?[] arguments] ? Build(callee, arguments) : throw Broken("it calls something that can't be called"));
                break;
            case (byte)'Q': // BINPERSID
                stack.Add(Storage(Pop(1)[0]));
                break;
            case (byte)'b': // BUILD: attributes of a dictionary, such as the versions of its modules
                _ = Pop(1);
                _ = Top() as Items ?? throw Broken("it sets attributes of something that has none");
                break;
            default:
                throw Broken($"it has the opcode 0x{opcode:x2} at {at - 1}, which no state dictionary needs");
        }
    }

    private object Global(string module, string name) => (module, name) switch
    {
        ("collections", "OrderedDict") => Known.OrderedDictionary,
        ("torch._utils", "_rebuild_tensor_v2") => Known.RebuildTensor,
        ("torch._utils", "_rebuild_parameter") => Known.RebuildParameter,
        ("torch", "DoubleStorage") => SafetensorsDtype.F64,
        ("torch", "FloatStorage") => SafetensorsDtype.F32,
        ("torch", "HalfStorage") => SafetensorsDtype.F16,
        ("torch", "BFloat16Storage") => SafetensorsDtype.BF16,
        ("torch", "LongStorage") => SafetensorsDtype.I64,
        ("torch", "IntStorage") => SafetensorsDtype.I32,
        ("torch", "ShortStorage") => SafetensorsDtype.I16,
        ("torch", "CharStorage") => SafetensorsDtype.I8,
        ("torch", "ByteStorage") => SafetensorsDtype.U8,
        ("torch", "BoolStorage") => SafetensorsDtype.BOOL,
        _ => throw Broken($"it names {Quotation.Of($"{module}.{name}")}, which no state dictionary of weights needs and nothing here would run"),
    };

    private object Build(Known callee, object?[] arguments) => (callee, arguments) switch
    {
        (Known.OrderedDictionary, []) => new Items(),
        (Known.RebuildTensor, [TorchStorage storage, long first, object?[] shape, object?[] strides, ..]) => new TorchTensor(storage, first, Numbers(shape), Numbers(strides)),
        (Known.RebuildParameter, [TorchTensor tensor, ..]) => tensor,
        _ => throw Broken("it describes a tensor in another way than PyTorch does"),
    };

    /// <summary>("storage", type, key, where, count): the numbers themselves lie in an entry of the archive.</summary>
    private TorchStorage Storage(object? id)
        => id is object?[] and ["storage", SafetensorsDtype dtype, string key, string, long count] && count >= 0
            ? new(key, dtype, count)
            : throw Broken("it refers to something that is no storage");

    private long[] Numbers(object?[] values)
        => values.All(value => value is long) ? [.. values.Cast<long>()] : throw Broken("a shape in it is no list of whole numbers");

    private void SetItems(object?[] values)
    {
        if (Top() is not Items items || values.Length % 2 != 0)
        {
            throw Broken("it fills something that is no dictionary");
        }

        for (var i = 0; i < values.Length; i += 2)
        {
            items.Entries.Add((values[i], values[i + 1]));
        }

        if (items.Entries.Count > SafetensorsHeader.MostTensors)
        {
            throw Broken($"it has more than {SafetensorsHeader.MostTensors} tensors");
        }
    }

    private object?[] SinceMark()
    {
        if (marks.Count == 0)
        {
            throw Broken("it asks for a mark that isn't there");
        }

        var values = Take(stack.Count - marks[^1]);
        marks.RemoveAt(marks.Count - 1);
        return values;
    }

    /// <summary>How many values lie above the last mark.</summary>
    private int Above => stack.Count - (marks.Count > 0 ? marks[^1] : 0);

    private object?[] Pop(int count)
    {
        return count <= Above ? Take(count) : throw Broken("it takes more off its stack than is there");
    }

    private object?[] Take(int count)
    {
        var values = new object?[count];
        stack.CopyTo(stack.Count - count, values, 0, count);
        stack.RemoveRange(stack.Count - count, count);
        return values;
    }

    private object? Top() => Above > 0 ? stack[^1] : throw Broken("it takes more off its stack than is there");

    private object? Remembered(uint number) => memo.TryGetValue(number, out var value) ? value : throw Broken($"it remembers nothing under the number {number}");

    private byte Byte() => Bytes(1)[0];

    private ReadOnlySpan<byte> Bytes(long count)
    {
        if (count > pickle.Length - at)
        {
            throw Broken("it is cut off");
        }

        at += (int)count;
        return pickle.AsSpan(at - (int)count, (int)count);
    }

    private string Text(uint length) => Encoding.UTF8.GetString(Bytes(length));

    /// <summary>A signed number of so many bytes, low byte first.</summary>
    private long Number(int length)
    {
        if (length > LongestNumber)
        {
            throw Broken($"it has a number of {length} bytes");
        }

        var bytes = Bytes(length);
        var value = length > 0 && (bytes[^1] & 0x80) != 0 ? -1L : 0;
        for (var i = length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        return value;
    }

    private string Line()
    {
        var end = pickle.AsSpan(at).IndexOf((byte)'\n');
        return end < 0 ? throw Broken("it is cut off") : Encoding.UTF8.GetString(Bytes(end + 1)[..^1]);
    }

    private CheckpointException Broken(string problem)
        => new(path, $"can't be read as weights: {problem}; convert it to safetensors on a machine you can spare, with the program that made it, or take a revision of the model that has safetensors");

    /// <summary>A dictionary; or a list, of which nothing but that it is there can matter.</summary>
    private sealed class Items
    {
        public List<(object? Key, object? Value)> Entries { get; } = [];
    }
}
