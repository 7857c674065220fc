using Kinora.Tensors.Kernels;

namespace Kinora.Tensors.Operations;

/// <summary>Where queries, keys and values lie. Strides of queries are in floats, those of keys and values in bytes.</summary>
internal unsafe struct AttentionArguments
{
    public float* Query;
    public float* Output;
    public long QueryStride;
    public byte* Keys;
    public byte* Values;
    public StorageFormat Format;
    public long KeyStride;
    public long KeyHeadStride;
    public int Sequences;
    public int Queries;
    public int KeyCount;
    public int Heads;
    public int KeyValueHeads;
    public int HeadSize;
    public bool Causal;
    public float Scale;
    public int KernelIndex;

    public readonly KernelSet Kernels => KernelSet.Supported[KernelIndex];

    /// <summary>Query heads that share a key head.</summary>
    public readonly int Group => Heads / KeyValueHeads;

    /// <summary>How many keys the query may see: all, or those up to its own place at the end of the keys.</summary>
    public readonly int Visible(int query) => Causal ? KeyCount - Queries + query + 1 : KeyCount;

    public readonly float* QueryOf(int sequence, int query, int head)
        => Query + ((((long)sequence * Queries) + query) * QueryStride) + ((long)head * HeadSize);

    public readonly float* OutputOf(int sequence, int query, int head)
        => Output + ((((long)sequence * Queries) + query) * QueryStride) + ((long)head * HeadSize);

    public readonly byte* KeyOf(int sequence, int key, int keyValueHead)
        => Keys + ((((long)sequence * KeyCount) + key) * KeyStride) + (keyValueHead * KeyHeadStride);

    public readonly byte* ValueOf(int sequence, int key, int keyValueHead)
        => Values + ((((long)sequence * KeyCount) + key) * KeyStride) + (keyValueHead * KeyHeadStride);
}
