using Kinora.Media;
using Kinora.Models.Checkpoints.Torch;
using Kinora.Tensors;

namespace Kinora.Models.Checkpoints;

/// <summary>A file of tensors, in the safetensors format or PyTorch's, mapped into memory; what it says of them is checked completely before any can be taken.</summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly Dictionary<string, SafetensorsEntry> entries;
    private readonly Dictionary<string, string> metadata;
    private readonly MappedMemory memory;

    private SafetensorsFile(string path, Dictionary<string, SafetensorsEntry> entries, Dictionary<string, string> metadata, MappedMemory memory)
        => (Path, this.entries, this.metadata, this.memory) = (path, entries, metadata, memory);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What the header lists, by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => entries;

    /// <summary>The texts under the header's <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Checks the header and maps the file.</summary>
    /// <exception cref="CheckpointException">The file can't be read or isn't a sound safetensors file.</exception>
    public static SafetensorsFile Open(string path) => Open(path, SafetensorsHeader.Read);

    /// <summary>Finds the tensors in a file of PyTorch's, of which nothing is executed, and maps it.</summary>
    /// <exception cref="CheckpointException">The file can't be read, isn't one that <c>torch.save</c> wrote from a state dictionary, or names anything else than tensors.</exception>
    public static SafetensorsFile OpenTorch(string path) => Open(path, static (file, stream) => (TorchFile.Read(file, stream), []));

    private static SafetensorsFile Open(string path, Func<string, Stream, (Dictionary<string, SafetensorsEntry> Entries, Dictionary<string, string> Metadata)> read)
    {
        try
        {
            var stream = PlainFile.Open(path);
            try
            {
                var (entries, metadata) = read(path, stream);
                var memory = new MappedMemory(stream);
                var file = new SafetensorsFile(path, entries, metadata, memory);
                return memory.Length >= entries.Values.Select(entry => entry.Offset + entry.Length).DefaultIfEmpty().Max()
                    ? file
                    : throw file.Shortened();
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new CheckpointException(path, $"can't be read ({error.Message})", error);
        }
    }

    /// <summary>A tensor as a view of the file: nothing is copied, and it is valid until this file is disposed.</summary>
    /// <param name="name">The key.</param>
    /// <exception cref="CheckpointException">No such tensor, a type that can't be used in place, or more than <see cref="Shape.MaxRank"/> axes.</exception>
    public Tensor Map(string name)
    {
        var entry = Find(name);
        RequireWhole();
        if (entry.Dtype.Format() is not { } format)
        {
            throw Unfit(entry, $"is of type {entry.Dtype} where F32, F16 or BF16 was expected; convert it");
        }

        if (entry.Shape.Length > Shape.MaxRank)
        {
            throw Unfit(entry, $"has {entry.Shape.Length} axes {entry.ShapeText} where at most {Shape.MaxRank} were expected");
        }

        if (entry.Shape.Length > 0 && entry.Count > 0 && entry.Count / entry.Shape[^1] > int.MaxValue)
        {
            throw Unfit(entry, $"of shape {entry.ShapeText} has more than {int.MaxValue} rows");
        }

        return new Tensor(new Shape(entry.Shape), format, memory, entry.Offset);
    }

    /// <summary>Gives back the pages that only this tensor lies in; they come back when it is read.</summary>
    /// <exception cref="CheckpointException">No such tensor.</exception>
    public void PutAside(string name)
    {
        var entry = Find(name);
        memory.PutAside(entry.Offset, entry.Length);
    }

    /// <summary>The values of a tensor of any type as float32 numbers, in row-major order; wider types are rounded.</summary>
    /// <exception cref="CheckpointException">No such tensor, or more values than an array can hold.</exception>
    public float[] ReadFloats(string name)
    {
        var entry = Find(name);
        var values = NewArray<float>(entry);
        SafetensorsValues.ToFloats(entry.Dtype, Start(entry), values);
        GC.KeepAlive(this);
        return values;
    }

    /// <summary>The values of a tensor of whole numbers or truth values (0 and 1), in row-major order.</summary>
    /// <exception cref="CheckpointException">No such tensor, a type with fractions, or a number beyond 2^63 - 1.</exception>
    public long[] ReadIntegers(string name)
    {
        var entry = Find(name);
        var values = NewArray<long>(entry);
        var whole = SafetensorsValues.TryToIntegers(entry.Dtype, Start(entry), values);
        GC.KeepAlive(this);
        return whole
            ? values
            : throw Unfit(entry, $"is of type {entry.Dtype} where whole numbers up to 2^63 - 1 were expected");
    }

    /// <summary>The bytes of a tensor as they stand in the file.</summary>
    /// <exception cref="CheckpointException">No such tensor, or more bytes than an array can hold.</exception>
    public byte[] ReadBytes(string name)
    {
        var entry = Find(name);
        if (entry.Length > Array.MaxLength)
        {
            throw TooLarge(entry);
        }

        var bytes = new ReadOnlySpan<byte>(Start(entry), (int)entry.Length).ToArray();
        GC.KeepAlive(this);
        return bytes;
    }

    /// <summary>Checks that the file was not cut short since it was opened. Touching what is gone would end the process, so this is asked before each use.</summary>
    /// <exception cref="CheckpointException">It was.</exception>
    public void RequireWhole()
    {
        ObjectDisposedException.ThrowIf(memory.Pointer == null, this);
        if (!memory.IsWhole)
        {
            throw Shortened();
        }
    }

    /// <summary>Unmaps the file; tensors mapped from it must not be used any more.</summary>
    public void Dispose() => memory.Dispose();

    private SafetensorsEntry Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return entries.TryGetValue(name, out var entry) ? entry : throw new CheckpointException(Path, $"holds no tensor {Quotation.Of(name)}");
    }

    private byte* Start(SafetensorsEntry entry)
    {
        RequireWhole();
        return memory.Pointer + entry.Offset;
    }

    private T[] NewArray<T>(SafetensorsEntry entry) => entry.Count > Array.MaxLength ? throw TooLarge(entry) : new T[entry.Count];

    private CheckpointException Shortened() => new(Path, "was cut short while it was in use; fetch it again, and replace model files by moving new ones into their place");

    private CheckpointException TooLarge(SafetensorsEntry entry) => Unfit(entry, $"of shape {entry.ShapeText} is too large to be copied into one array");

    private CheckpointException Unfit(SafetensorsEntry entry, string what) => new(Path, $"tensor {Quotation.Of(entry.Name)} {what}");
}
