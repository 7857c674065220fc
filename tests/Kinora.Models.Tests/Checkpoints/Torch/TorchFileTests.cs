using System.Runtime.InteropServices;
using System.Text;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;
using Kinora.Tests;

namespace Kinora.Models.Tests.Checkpoints.Torch;

public sealed class TorchFileTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Tensors_are_found_where_they_lie()
    {
        using var file = Open(Sound().ToArray());
        Assert.Equal(["a.weight", "b.bias", "c", "d"], file.Entries.Keys.Order());
        Assert.Equal([2, 3], file.Entries["a.weight"].Shape);
        Assert.Equal([3f, 4, 5, 6, 7, 8], file.ReadFloats("a.weight")); // from the third number of its storage on
        Assert.Equal((StorageFormat.BF16, new Shape(2)), (file.Map("b.bias").Format, file.Map("b.bias").Shape));
        Assert.Equal([1f, -2], file.ReadFloats("b.bias"));
        Assert.Equal([7L], file.ReadIntegers("c"));
        Assert.Empty(file.Entries["c"].Shape);
        Assert.Empty(file.ReadFloats("d"));
    }

    [Fact]
    public void A_checkpoint_of_such_shards_opens_by_its_index()
    {
        var model = directory.File("model");
        Directory.CreateDirectory(model);
        File.WriteAllBytes(Path.Combine(model, "one.bin"), Archive(Pickle("FloatStorage", 1, 0, [1], [1], "a"), Floats(1)));
        File.WriteAllBytes(Path.Combine(model, "two.bin"), Archive(Pickle("FloatStorage", 2, 0, [2], [1], "b"), Floats(2, 3)));
        File.WriteAllText(Path.Combine(model, "pytorch_model.bin.index.json"), """{"weight_map": {"a": "one.bin", "b": "two.bin"}}""");
        using var checkpoint = Checkpoint.Open(model);
        Assert.Equal([2f, 3], checkpoint.Take("b", 2).AsSpan().ToArray());
        Assert.Equal([1f], checkpoint.Take("a", 1).AsSpan().ToArray());
        checkpoint.Complete();
    }

    [Fact]
    public void A_single_file_opens_by_itself_and_safetensors_go_before_it()
    {
        var model = directory.File("model");
        Directory.CreateDirectory(model);
        File.WriteAllBytes(Path.Combine(model, "pytorch_model.bin"), Archive(Pickle("FloatStorage", 1, 0, [1], [1], "a"), Floats(1)));
        using (var checkpoint = Checkpoint.Open(model))
        {
            Assert.Equal([1f], checkpoint.Take("a", 1).AsSpan().ToArray());
        }

        using var other = Tensor.From([5f], new Shape(1));
        var writer = new SafetensorsWriter();
        writer.Add("a", other);
        writer.Write(Path.Combine(model, "weights.safetensors"));
        using var first = Checkpoint.Open(model);
        Assert.Equal([5f], first.Take("a", 1).AsSpan().ToArray());
    }

    public static TheoryData<string, string> Calls => new()
    {
        { "cos\nsystem\nX\u0004\0\0\0true\u0085R.", "os.system" },
        { "cbuiltins\neval\n.", "builtins.eval" },
        { "c__builtin__\nexec\n.", "__builtin__.exec" },
        { "ctorch\nload\n.", "torch.load" },
        { "ccollections\nCounter\n.", "collections.Counter" },
        { "X\u0002\0\0\0osX\u0006\0\0\0system\u0093.", "os.system" },
        { "(S'ls'\nios\nsystem\n.", "0x53" },
        { "(ios\nsystem\n.", "0x69" },
        { "(cos\nsystem\no.", "os.system" },
        { "}\u0081.", "0x81" },
        { "P0\n.", "0x50" },
        { "\u0082\u0001.", "0x82" },
        { "I1\n.", "0x49" },
        { "B\u0001\0\0\0x.", "0x42" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void What_could_run_something_is_refused_by_its_name(string pickle, string named) => Refused(Archive([0x80, 2, .. Encoding.Latin1.GetBytes(pickle)], Floats(1)), named);

    public static TheoryData<string, byte[], string> Damaged()
    {
        var sound = Pickle("FloatStorage", 2, 0, [2], [1], "a");
        return new()
        {
            { "cut off", sound[..^3], "cut off" },
            { "without an end", sound[..^1], "cut off" },
            { "a list", [0x80, 2, (byte)'K', 1, (byte)'.'], "dictionary of tensors" },
            { "protocol 1", [0x80, 1, (byte)'}', (byte)'.'], "protocol 1" },
            { "two things", [0x80, 2, (byte)'}', (byte)'}', (byte)'.'], "dictionary of tensors" },
            { "an open mark", [0x80, 2, (byte)'}', (byte)'(', (byte)'.'], "dictionary of tensors" },
            { "no mark", [0x80, 2, (byte)'}', (byte)'u', (byte)'.'], "mark" },
            { "below the stack", [0x80, 2, 0x87, (byte)'.'], "than is there" },
            { "below the mark", [0x80, 2, (byte)'}', (byte)'(', 0x85, (byte)'.'], "than is there" },
            { "nothing remembered", [0x80, 2, (byte)'h', 9, (byte)'.'], "number 9" },
            { "a long number", [0x80, 2, 0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)'.'], "9 bytes" },
            { "no tensor", [0x80, 2, (byte)'}', .. Text("epoch"), (byte)'K', 3, (byte)'s', (byte)'.'], "epoch" },
            { "a key", [0x80, 2, (byte)'}', (byte)'K', 1, (byte)'K', 3, (byte)'s', (byte)'.'], "no text" },
            { "attributes", [0x80, 2, (byte)'K', 1, (byte)'K', 1, (byte)'b', (byte)'.'], "attributes" },
            { "a number that is called", [0x80, 2, (byte)'K', 1, (byte)')', (byte)'R', (byte)'.'], "can't be called" },
            { "no storage", [0x80, 2, (byte)'K', 1, (byte)'Q', (byte)'.'], "no storage" },
            { "twice", TorchArchive.Pickle([("a", "FloatStorage", 2, 0, [2], [1]), ("a", "FloatStorage", 2, 0, [2], [1])]), "twice" },
            { "a column", Pickle("FloatStorage", 2, 0, [1, 1, 2], [1, 1, 2], "a"), "row by row" },
            { "beyond the end", Pickle("FloatStorage", 2, 1, [2], [1], "a"), "beyond" },
            { "before the start", Pickle("FloatStorage", 2, -1, [2], [1], "a"), "beyond" },
            { "more than stored", Pickle("FloatStorage", 3, 0, [3], [1], "a"), "beyond" },
            { "wider than stored", Pickle("DoubleStorage", 2, 0, [2], [1], "a"), "beyond" },
            { "a negative count", Pickle("FloatStorage", -2, 0, [2], [1], "a"), "no storage" },
            { "a negative extent", Pickle("FloatStorage", 2, 0, [-2], [1], "a"), "impossible shape" },
            { "too many values", Pickle("FloatStorage", 2, 0, [1 << 30, 1 << 30, 1 << 30], [1, 1, 1], "a"), "row by row" },
            { "strides missing", Pickle("FloatStorage", 2, 0, [2], [], "a"), "impossible shape" },
        };
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public void What_is_no_list_of_tensors_is_refused(string what, byte[] pickle, string part) => Refused(Archive(pickle, Floats(1, 2)), part.Length > 0 ? part : what);

    [Fact]
    public void Archives_that_can_be_read_in_two_ways_are_refused()
    {
        var (pickle, numbers) = (Pickle("FloatStorage", 2, 0, [2], [1], "a"), Floats(1, 2));
        Refused(new TorchArchive().Add("x/data.pkl", pickle).Add("x/data/0", numbers, method: 8).ToArray(), "compressed");
        Refused(new TorchArchive().Add("x/data.pkl", pickle).Add("x/data/0", numbers, flags: 1).ToArray(), "encrypted");
        Refused(new TorchArchive().Add("x/data.pkl", pickle).Add("x/data/0", numbers).Add("x/data/0", numbers).ToArray(), "twice");
        Refused(new TorchArchive().Add("x/data.pkl", pickle).Add("x/data/0", numbers, own: "x/data/1").ToArray(), "its own header");
        Refused(new TorchArchive().Add("x/data.pkl", pickle).Add("x/data/0", numbers, own: "x/data.pkl", place: 0).ToArray(), "x/data/0");
        Refused(new TorchArchive().Add("x/data.pkl", pickle).Add("x/data/0", numbers, place: 1 << 20).ToArray(), "outside");
        Refused(new TorchArchive().Add("x/data.pkl", pickle).Add("y/data.pkl", pickle).Add("x/data/0", numbers).ToArray(), "2 entries");
        Refused(new TorchArchive().Add("x/data/0", numbers).ToArray(), "0 entries");
        Refused(new TorchArchive().Add("x/data.pkl", pickle).ToArray(), "isn't there");
        Refused(new TorchArchive().Add("x/data.pkl", pickle).Add("x/data/0", numbers).Add("x/byteorder", Encoding.ASCII.GetBytes("big")).ToArray(), "byte order");
        Refused(Encoding.ASCII.GetBytes("no zip file at all, but long enough to be one"), "1.6");
        Refused([], "1.6");

        // Entries one in the other: the second lies in the first one's bytes.
        var inner = new TorchArchive().Add("x/data/0", numbers).ToArray();
        Refused(new TorchArchive().Add("x/data.pkl", [.. pickle, .. inner]).Add("x/data/0", numbers, place: (uint)(30 + "x/data.pkl".Length + pickle.Length)).ToArray(), "overlap");
    }

    [Fact]
    public void A_comment_at_the_end_is_no_second_end()
    {
        using var file = Open(Sound().ToArray(Encoding.ASCII.GetBytes("made by hand")));
        Assert.Equal(4, file.Entries.Count);
    }

    [Fact]
    [Trait(Fuzz.Trait, "")]
    public void Mutants_give_a_clear_line_or_tensors()
    {
        var sound = Sound().ToArray();
        Fuzz.Run("pytorch_model.bin", 4000, random =>
        {
            var bytes = (byte[])sound.Clone();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (random.Next(5) == 0)
            {
                bytes = bytes[..random.Next(bytes.Length)];
            }

            using var file = Open(bytes);
            foreach (var name in file.Entries.Keys)
            {
                _ = file.ReadFloats(name);
            }
        }, error => error is CheckpointException);
    }

    private static TorchArchive Sound()
    {
        var pickle = TorchArchive.Pickle([("a.weight", "FloatStorage", 8, 2, [2, 3], [3, 1]), ("b.bias", "BFloat16Storage", 2, 0, [2], [1]), ("c", "LongStorage", 1, 0, [], []), ("d", "HalfStorage", 0, 0, [0, 4], [4, 1])]);
        return new TorchArchive().Add("archive/data.pkl", pickle).Add("archive/byteorder", Encoding.ASCII.GetBytes("little"))
            .Add("archive/data/0", Floats(1, 2, 3, 4, 5, 6, 7, 8)).Add("archive/data/1", [0x80, 0x3F, 0x00, 0xC0]).Add("archive/data/2", BitConverter.GetBytes(7L)).Add("archive/data/3", []).Add("archive/version", Encoding.ASCII.GetBytes("3\n"));
    }

    private static byte[] Pickle(string storage, int count, int first, int[] shape, int[] strides, string name) => TorchArchive.Pickle([(name, storage, count, first, shape, strides)]);

    private static byte[] Archive(byte[] pickle, byte[] numbers) => new TorchArchive().Add("x/data.pkl", pickle).Add("x/data/0", numbers).ToArray();

    private static byte[] Floats(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static byte[] Text(string text) => [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private void Refused(byte[] bytes, params string[] parts)
    {
        var error = Assert.Throws<CheckpointException>(() => Open(bytes).Dispose());
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }

    private SafetensorsFile Open(byte[] bytes)
    {
        var path = directory.File("model.bin");
        File.WriteAllBytes(path, bytes);
        return SafetensorsFile.OpenTorch(path);
    }
}
