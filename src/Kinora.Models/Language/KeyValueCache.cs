using Kinora.Tensors;

namespace Kinora.Models.Language;

/// <summary>Keys and values of the tokens that a decoder has read, per layer [keyValueHeads, capacity, headSize].</summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly LlamaConfig config;
    private readonly Tensor[] keys;
    private readonly Tensor[] values;
    private readonly Func<Shape, StorageFormat, Tensor> allocate;

    // Where positions ran ahead of the tokens or fell behind: from this length on by so much.
    private readonly List<(int Length, int Shift)> shifts = [];

    /// <summary>Makes an empty cache.</summary>
    /// <param name="config">The decoder's sizes.</param>
    /// <param name="capacity">Tokens that fit without growing.</param>
    /// <param name="format">F32, F16 for half the memory, or Q8_0 for about a quarter.</param>
    /// <param name="allocate">Where the memory comes from; by default new memory.</param>
    public KeyValueCache(LlamaConfig config, int capacity, StorageFormat format = StorageFormat.F32, Func<Shape, StorageFormat, Tensor>? allocate = null)
    {
        (this.config, Format) = (config, format);
        this.allocate = allocate ?? ((shape, stored) => Tensor.Allocate(shape, stored, zeroed: false));
        keys = new Tensor[config.Layers];
        values = new Tensor[config.Layers];
        Capacity = Math.Max(1, capacity);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            (keys[layer], values[layer]) = (NewTensor(Capacity), NewTensor(Capacity));
        }
    }

    /// <summary>The formats that a cache can be kept in.</summary>
    public static IReadOnlyList<StorageFormat> Formats { get; } = [StorageFormat.F32, StorageFormat.F16, StorageFormat.Q8_0];

    /// <summary>One of <see cref="Formats"/>.</summary>
    public StorageFormat Format { get; }

    /// <summary>Tokens that fit without growing.</summary>
    public int Capacity { get; private set; }

    /// <summary>Tokens in the cache.</summary>
    public int Length { get; private set; }

    /// <summary>The rotary position of the next token: not the number of tokens where pictures have positions of several axes.</summary>
    public int NextPosition => Length + (shifts.Count > 0 ? shifts[^1].Shift : 0);

    /// <summary>Bytes held.</summary>
    public long Bytes => keys.Concat(values).Sum(tensor => tensor.Bytes);

    /// <summary>Bytes that a cache of this many tokens takes.</summary>
    public static long BytesFor(LlamaConfig config, int tokens, StorageFormat format)
        => 2L * config.Layers * config.KeyValueHeads * tokens * format.RowBytes(config.HeadSize);

    /// <summary>Keys of a layer, [keyValueHeads, capacity, headSize].</summary>
    public Tensor Keys(int layer) => keys[layer];

    /// <summary>Values of a layer, as <see cref="Keys"/>.</summary>
    public Tensor Values(int layer) => values[layer];

    /// <summary>Makes room for this many tokens in all; what is there stays.</summary>
    public void Reserve(int tokens)
    {
        if (tokens <= Capacity)
        {
            return;
        }

        var capacity = Math.Max(tokens, Capacity + (Capacity / 2));
        for (var layer = 0; layer < keys.Length; layer++)
        {
            keys[layer] = Grow(keys[layer], capacity);
            values[layer] = Grow(values[layer], capacity);
        }

        Capacity = capacity;
    }

    /// <summary>Counts tokens whose keys and values all layers have stored.</summary>
    /// <param name="tokens">How many.</param>
    /// <param name="nextPosition">The position behind them; null: positions counted on with the tokens.</param>
    public void Advance(int tokens, int? nextPosition = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Length + tokens, Capacity, nameof(tokens));
        Length += tokens;
        if (nextPosition is { } next && next != NextPosition)
        {
            shifts.Add((Length, next - Length));
        }
    }

    /// <summary>Forgets all tokens but the first ones.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length, nameof(length));
        Length = length;
        while (shifts.Count > 0 && shifts[^1].Length > length)
        {
            shifts.RemoveAt(shifts.Count - 1);
        }
    }

    /// <summary>Copies the tokens from <paramref name="first"/> on into a buffer, or back when <paramref name="restore"/> is set; lets beams share a long beginning.</summary>
    /// <param name="first">The first token of the tail.</param>
    /// <param name="count">Tokens in the tail.</param>
    /// <param name="tail">At least <see cref="TailBytes"/> bytes.</param>
    /// <param name="restore">False: cache to buffer; true: buffer to cache.</param>
    public unsafe void CopyTail(int first, int count, byte[] tail, bool restore)
    {
        var rowBytes = Format.RowBytes(config.HeadSize);
        var bytes = rowBytes * count;
        ArgumentOutOfRangeException.ThrowIfLessThan(tail.LongLength, TailBytes(count), nameof(tail));
        fixed (byte* start = tail)
        {
            var place = start;
            foreach (var tensor in keys.Concat(values))
            {
                for (var head = 0; head < config.KeyValueHeads; head++, place += bytes)
                {
                    var cached = tensor.Pointer + ((((long)head * tensor.Shape[1]) + first) * rowBytes);
                    Buffer.MemoryCopy(restore ? place : cached, restore ? cached : place, bytes, bytes);
                }
            }
        }

        if (restore)
        {
            Length = first + count;
        }
    }

    /// <summary>Bytes of a tail of this many tokens.</summary>
    public long TailBytes(int count) => BytesFor(config, count, Format);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in keys.Concat(values))
        {
            tensor.Dispose();
        }
    }

    private Tensor NewTensor(int capacity)
    {
        var shape = new Shape(config.KeyValueHeads, capacity, config.HeadSize);
        return allocate(shape, Format);
    }

    private unsafe Tensor Grow(Tensor old, int capacity)
    {
        var grown = NewTensor(capacity);

        // Not Capacity: if memory ran out half-way, some layers have grown already.
        var (rowBytes, oldCapacity) = (Format.RowBytes(config.HeadSize), (long)old.Shape[1]);
        for (var head = 0L; head < config.KeyValueHeads; head++)
        {
            Buffer.MemoryCopy(old.Pointer + (head * oldCapacity * rowBytes), grown.Pointer + (head * capacity * rowBytes), Length * rowBytes, Length * rowBytes);
        }

        old.Dispose();
        return grown;
    }
}
