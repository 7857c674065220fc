using System.Buffers.Binary;
using System.Text;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Models.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public unsafe void What_is_written_comes_back()
    {
        var path = directory.File("all.safetensors");
        using var floats = Tensor.From([1.5f, -2, 3, 4, 5, float.NaN], new Shape(2, 3));
        using var scalar = Tensor.From([7.25f], new Shape([]));
        using var empty = Tensor.Allocate(new Shape(0, 4));
        using var halves = Tensor.Allocate(new Shape(3), StorageFormat.F16);
        ((Half*)halves.Pointer)[1] = (Half)0.5f;
        using var brains = Tensor.Allocate(new Shape(1, 1, 1, 1, 2), StorageFormat.BF16);
        ((ushort*)brains.Pointer)[1] = 0xC000;
        var writer = new SafetensorsWriter();
        writer.Metadata["format"] = "pt";
        writer.Add("halves", halves);
        writer.Add("floats", floats);
        writer.Add("scalar", scalar);
        writer.Add("empty", empty);
        writer.Add("brains", brains);
        writer.Add("ids", [1, -2, long.MaxValue], 3);
        writer.Write(path);

        using var file = SafetensorsFile.Open(path);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(6, file.Entries.Count);
        Assert.Equal([2, 3], file.Entries["floats"].Shape);
        Assert.Equal([1.5f, -2, 3, 4, 5, float.NaN], file.ReadFloats("floats"));
        Assert.Equal([1.5f, -2, 3, 4, 5, float.NaN], file.Map("floats").AsSpan().ToArray());
        Assert.Equal([7.25f], file.ReadFloats("scalar"));
        Assert.Equal(0, file.Map("scalar").Shape.Rank);
        Assert.Equal(new Shape(0, 4), file.Map("empty").Shape);
        Assert.Empty(file.ReadFloats("empty"));
        Assert.Equal([0, 0.5f, 0], file.ReadFloats("halves"));
        Assert.Equal(StorageFormat.F16, file.Map("halves").Format);
        Assert.Equal([0, -2f], file.ReadFloats("brains"));
        Assert.Equal(5, file.Map("brains").Shape.Rank);
        Assert.Equal([1L, -2, long.MaxValue], file.ReadIntegers("ids"));
        Assert.Equal(24, file.ReadBytes("ids").Length);
        Assert.Equal(["all.safetensors"], Directory.GetFiles(directory.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_alone()
    {
        var path = directory.File("kept.safetensors");
        using var tensor = Tensor.From([1], new Shape(1));
        SafetensorsWriter.Write(path, [("kept", tensor)]);
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [("twice", tensor), ("twice", tensor)]));
        Assert.Throws<CheckpointException>(() => SafetensorsWriter.Write(directory.File("nowhere/x.safetensors"), [("x", tensor)]));
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(["kept"], file.Entries.Keys);
    }

    [Theory]
    [InlineData("BOOL", new byte[] { 0, 1, 1 }, new[] { 0f, 1, 1 })]
    [InlineData("U8", new byte[] { 0, 255 }, new[] { 0f, 255 })]
    [InlineData("I8", new byte[] { 128, 255 }, new[] { -128f, -1 })]
    [InlineData("I16", new byte[] { 0, 128 }, new[] { -32768f })]
    [InlineData("U16", new byte[] { 0, 128 }, new[] { 32768f })]
    [InlineData("I32", new byte[] { 255, 255, 255, 255 }, new[] { -1f })]
    [InlineData("U32", new byte[] { 0, 0, 0, 128 }, new[] { 2147483648f })]
    [InlineData("I64", new byte[] { 254, 255, 255, 255, 255, 255, 255, 255 }, new[] { -2f })]
    [InlineData("U64", new byte[] { 0, 0, 0, 0, 0, 0, 0, 128 }, new[] { 9223372036854775808f })]
    [InlineData("F16", new byte[] { 0, 0x3C }, new[] { 1f })]
    [InlineData("BF16", new byte[] { 0x80, 0x3F }, new[] { 1f })]
    [InlineData("F32", new byte[] { 0, 0, 0x80, 0x3F }, new[] { 1f })]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xF0, 0x3F }, new[] { 1f })]
    [InlineData("F8_E4M3", new byte[] { 0x38, 0x7E, 0xB8, 0x01, 0x7F }, new[] { 1f, 448, -1, 0.001953125f, float.NaN })]
    [InlineData("F8_E5M2", new byte[] { 0x3C, 0xC0, 0x7B, 0x7C }, new[] { 1f, -2, 57344, float.PositiveInfinity })]
    public void Every_number_type_reads_as_floats(string dtype, byte[] data, float[] expected)
    {
        using var file = SafetensorsFile.Open(Raw($$"""{"t":{"dtype":"{{dtype}}","shape":[{{expected.Length}}],"data_offsets":[0,{{data.Length}}] } }""", data));
        Assert.Equal(expected, file.ReadFloats("t"));
        Assert.Equal(data, file.ReadBytes("t"));
    }

    [Fact]
    public void A_misaligned_tensor_can_be_mapped()
    {
        // One byte in front puts the floats at an odd address.
        using var file = SafetensorsFile.Open(Raw("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}""", [9, 0, 0, 0x80, 0x3F]));
        Assert.Equal(1f, file.Map("b").AsSpan()[0]);
        Assert.Equal([1f], file.ReadFloats("b"));
        Assert.Equal([9L], file.ReadIntegers("a"));
    }

    [Fact]
    public void More_than_five_axes_read_as_floats_but_do_not_map()
    {
        using var file = SafetensorsFile.Open(Raw("""{"t":{"dtype":"F32","shape":[1,1,1,1,1,1],"data_offsets":[0,4]}}""", [0, 0, 0x80, 0x3F]));
        Assert.Equal([1f], file.ReadFloats("t"));
        Assert.Contains("6 axes", Assert.Throws<CheckpointException>(() => file.Map("t")).Message);
    }

    [Fact]
    public void Wrong_uses_name_file_and_tensor()
    {
        var path = Raw("""{"i":{"dtype":"U64","shape":[1],"data_offsets":[0,8]},"f":{"dtype":"F64","shape":[],"data_offsets":[8,16]}}""", [255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0]);
        using var file = SafetensorsFile.Open(path);
        foreach (var error in new[]
        {
            Assert.Throws<CheckpointException>(() => file.Map("f")),
            Assert.Throws<CheckpointException>(() => file.ReadIntegers("i")),
            Assert.Throws<CheckpointException>(() => file.ReadIntegers("f")),
            Assert.Throws<CheckpointException>(() => file.ReadFloats("absent")),
        })
        {
            Assert.Equal(path, error.Path);
            Assert.StartsWith(path, error.Message);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public void A_disposed_file_gives_no_more_tensors()
    {
        var file = SafetensorsFile.Open(Raw("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", [0, 0, 0, 0]));
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.ReadFloats("t"));
        Assert.Throws<ObjectDisposedException>(() => file.Map("t"));
    }

    [Theory]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}""", "JSON")]
    [InlineData("""["t"]""", "begins with byte")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x""", "JSON")]
    [InlineData("""{"t":[[[[[[[[]]]]]]]]}""", "expected")]
    [InlineData("""{"t":{"dtype":[[[[[[[[]]]]]]]]}}""", "expected")]
    [InlineData("""{"t":{"shape":[[[[[[[[0]]]]]]]]}}""", "whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"t":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}""", "twice")]
    [InlineData("""{"t":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "twice")]
    [InlineData("""{"__metadata__":{"a":1},"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "__metadata__.a")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"},"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "twice")]
    [InlineData("""{"__metadata__":"a","t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "__metadata__")]
    [InlineData("""{"t":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", "F31")]
    [InlineData("""{"t":{"dtype":"232","shape":[1],"data_offsets":[0,4]}}""", "number type")]
    [InlineData("""{"t":{"dtype":"11","shape":[1],"data_offsets":[0,4]}}""", "number type")]
    [InlineData("""{"t":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}""", "number type")]
    [InlineData("""{"t":{"dtype":"\ud800","shape":[1],"data_offsets":[0,4]}}""", "JSON")]
    [InlineData("""{"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[99999999999],"data_offsets":[0,4]}}""", "whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", "whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4]}}""", "larger than any file")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "takes 8 bytes")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "takes 4 bytes")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775800,9223372036854775804]}}""", "takes 4 bytes")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""", "data_offsets")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "data_offsets")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1]}}""", "lacks")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":0}}""", "unknown field")]
    [InlineData("""{"t":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""", "hole")]
    [InlineData("""{"t":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", "follow the header")]
    [InlineData("""{"t":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}""", "follow the header")]
    [InlineData("""{"t":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"u":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "overlaps")]
    [InlineData("""{}""", "follow the header")]
    public void A_malformed_header_is_refused(string header, string reason)
    {
        var error = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(Raw(header, new byte[4])));
        Assert.Contains(reason, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(100_000_001UL)]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(200UL)]
    public void A_header_length_beyond_the_limits_is_refused(ulong length)
    {
        var bytes = new byte[100];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        bytes[8] = (byte)'{';
        Assert.Contains("a header of", Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(directory.Write("long", bytes))).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_file_shorter_than_a_header_is_refused(int length)
        => Assert.Contains("too few", Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(directory.Write("short", new byte[length]))).Message);

    [Fact]
    public void A_missing_file_is_a_checkpoint_error()
        => Assert.Contains("can't be read", Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(directory.File("absent"))).Message);

    [Fact]
    public void Too_many_tensors_are_refused()
    {
        static string Header(int count) => $"{{{string.Join(",", Enumerable.Range(0, count).Select(i => $"\"{i}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"))}}}";
        using (var file = SafetensorsFile.Open(Raw(Header(65_536), [])))
        {
            Assert.Equal(65_536, file.Entries.Count);
        }

        Assert.Contains("65536", Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(Raw(Header(65_537), []))).Message);
    }

    [Fact]
    [Trait(Fuzz.Trait, "safetensors")]
    public void Mutants_of_a_sound_file_open_or_fail_with_the_typed_error()
    {
        const string Header = """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"BF16","shape":[3],"data_offsets":[16,22]},"c":{"dtype":"I64","shape":[],"data_offsets":[22,30]}}""";
        var sound = File.ReadAllBytes(Raw(Header, new byte[30]));
        Fuzz.Run("safetensors", 4000, random =>
        {
            using var file = SafetensorsFile.Open(directory.Write("mutant", Mutation.Of(sound, random)));
            foreach (var name in file.Entries.Keys)
            {
                file.ReadFloats(name);
                file.ReadBytes(name);
            }
        }, error => error is CheckpointException);
    }

    private string Raw(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return directory.Write("raw.safetensors", [.. length, .. json, .. data]);
    }
}
