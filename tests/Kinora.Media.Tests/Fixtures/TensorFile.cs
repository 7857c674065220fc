using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Kinora.Media.Tests;

/// <summary>A tiny reader of safetensors files: 8 bytes header length, JSON header, data.</summary>
internal sealed class TensorFile
{
    private readonly byte[] file;
    private readonly int dataStart;
    private readonly JsonElement header;

    private TensorFile(string path)
    {
        file = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        header = JsonDocument.Parse(file.AsMemory(8, length)).RootElement;
        dataStart = 8 + length;
    }

    private static readonly Dictionary<string, TensorFile> Open = [];

    public static TensorFile Load(string path)
    {
        lock (Open)
        {
            return Open.TryGetValue(path, out var known) ? known : Open[path] = new TensorFile(path);
        }
    }

    public int[] Shape(string name) => [.. header.GetProperty(name).GetProperty("shape").EnumerateArray().Select(e => e.GetInt32())];

    public byte[] Bytes(string name)
    {
        Assert.Contains(header.GetProperty(name).GetProperty("dtype").GetString(), new[] { "U8", "BOOL" });
        return Data(name).ToArray();
    }

    public float[] Floats(string name)
    {
        Assert.Equal("F32", header.GetProperty(name).GetProperty("dtype").GetString());
        return MemoryMarshal.Cast<byte, float>(Data(name)).ToArray();
    }

    private ReadOnlySpan<byte> Data(string name)
    {
        var offsets = header.GetProperty(name).GetProperty("data_offsets");
        return file.AsSpan(dataStart + offsets[0].GetInt32(), offsets[1].GetInt32() - offsets[0].GetInt32());
    }
}
