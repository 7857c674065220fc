using System.Buffers.Binary;
using System.Text.Json;
using Kinora.Tensors;

namespace Kinora.Models.Checkpoints;

/// <summary>Collects tensors and writes them as one safetensors file, all or nothing.</summary>
/// <remarks>Wider types come first, so that every tensor is aligned to its own type, as the format advises.</remarks>
public sealed unsafe class SafetensorsWriter
{
    private readonly List<Item> items = [];
    private readonly HashSet<string> names = [];
    private readonly Dictionary<string, string> metadata = [];

    private delegate void Source(Stream file);

    /// <summary>Texts to store under <c>__metadata__</c>.</summary>
    public IDictionary<string, string> Metadata => metadata;

    /// <summary>Writes tensors stored as F32, F16 or BF16 to a file.</summary>
    /// <exception cref="ArgumentException">A name that was given twice, or a tensor in a quantised format.</exception>
    /// <exception cref="CheckpointException">The file can't be written.</exception>
    public static void Write(string path, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in tensors)
        {
            writer.Add(name, tensor);
        }

        writer.Write(path);
    }

    /// <summary>Adds a tensor stored as F32, F16 or BF16; it must stay alive until the file is written.</summary>
    /// <exception cref="ArgumentException">A name that was given before, or a tensor in a quantised format.</exception>
    public void Add(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var dtype = tensor.Format switch
        {
            StorageFormat.F32 => SafetensorsDtype.F32,
            StorageFormat.F16 => SafetensorsDtype.F16,
            StorageFormat.BF16 => SafetensorsDtype.BF16,
            _ => throw new ArgumentException($"Tensor {Quotation.Of(name)} is stored as {tensor.Format}, which safetensors can't hold.", nameof(tensor)),
        };
        var shape = Enumerable.Range(0, tensor.Shape.Rank).Select(axis => tensor.Shape[axis]).ToArray();
        Add(new Item(name, dtype, shape, tensor.Bytes, file => WriteBytes(file, tensor.Pointer, tensor.Bytes)));
    }

    /// <summary>Adds whole numbers as I64.</summary>
    /// <exception cref="ArgumentException">A name that was given before, or a number of values that isn't the shape's.</exception>
    public void Add(string name, long[] values, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (shape.Aggregate(1L, (count, extent) => count * extent) != values.Length)
        {
            throw new ArgumentException($"{values.Length} values don't fill the shape {SafetensorsEntry.ShapeOf(shape)} of {Quotation.Of(name)}.", nameof(values));
        }

        Add(new Item(name, SafetensorsDtype.I64, shape, 8L * values.Length, file =>
        {
            fixed (long* first = values)
            {
                WriteBytes(file, (byte*)first, 8L * values.Length);
            }
        }));
    }

    /// <summary>Writes the file beside its place and moves it there, so that no reader ever sees half a file.</summary>
    /// <exception cref="CheckpointException">The file can't be written.</exception>
    public void Write(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                var ordered = items.OrderByDescending(item => item.Dtype.Size()).ToList();
                WriteHeader(file, ordered);
                ordered.ForEach(item => item.Content(file));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"can't be written ({error.Message})", error);
        }
        catch (ArgumentOutOfRangeException error)
        {
            // So .NET tells of EFBIG: some file systems end files at 4 GiB, and users may have limits.
            var cause = new IOException("its size is beyond what the file system or the user's limit allows", error);
            throw new CheckpointException(path, $"can't be written ({cause.Message})", cause);
        }
        finally
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }

    private static void WriteBytes(Stream file, byte* start, long count)
    {
        const int Piece = 1 << 24;
        for (long done = 0; done < count; done += Piece)
        {
            file.Write(new ReadOnlySpan<byte>(start + done, (int)Math.Min(Piece, count - done)));
        }
    }

    private void Add(Item item)
    {
        ArgumentException.ThrowIfNullOrEmpty(item.Name);
        if (!names.Add(item.Name))
        {
            throw new ArgumentException($"Two tensors are called {Quotation.Of(item.Name)}.");
        }

        items.Add(item);
    }

    private void WriteHeader(FileStream file, List<Item> ordered)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WritePropertyName("__metadata__");
                JsonSerializer.Serialize(json, metadata);
            }

            var offset = 0L;
            foreach (var item in ordered)
            {
                json.WriteStartObject(item.Name);
                json.WriteString("dtype", item.Dtype.ToString());
                json.WritePropertyName("shape");
                JsonSerializer.Serialize(json, item.Shape);
                json.WritePropertyName("data_offsets");
                JsonSerializer.Serialize(json, new[] { offset, offset + item.Bytes });
                json.WriteEndObject();
                offset += item.Bytes;
            }

            json.WriteEndObject();
        }

        // Blanks bring the data to a multiple of 8 bytes.
        while (header.Length % 8 != 0)
        {
            header.WriteByte((byte)' ');
        }

        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        header.WriteTo(file);
    }

    private sealed record Item(string Name, SafetensorsDtype Dtype, int[] Shape, long Bytes, Source Content);
}
