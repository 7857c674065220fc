using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>Puts keys or values of new tokens into a cache, a token to a chunk.</summary>
internal unsafe struct StoreRows : IParallelWork
{
    public float* Rows;
    public byte* Cache;
    public StorageFormat Format;
    public int Heads;
    public int HeadSize;
    public int Capacity;
    public int Position;

    /// <inheritdoc/>
    public readonly void Execute(int chunk)
    {
        var rowBytes = Format.RowBytes(HeadSize);
        for (var head = 0; head < Heads; head++)
        {
            var source = new ReadOnlySpan<float>(Rows + ((((long)chunk * Heads) + head) * HeadSize), HeadSize);
            StorageConversion.Row(source, Format, Cache + ((((long)head * Capacity) + Position + chunk) * rowBytes));
        }
    }
}
