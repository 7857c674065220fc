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

    /// <summary>
    /// For packed sequences of unequal length the first row of each and the end of the last, Sequences + 1 numbers; Queries and KeyCount are
    /// then the length of the longest. Null if all are equally long.
    /// </summary>
    public int* Starts;

    /// <summary>As <see cref="Starts"/> for the queries, where they are fewer: the last ones of each sequence. The same as <see cref="Starts"/> where there is one for each key.</summary>
    public int* QueryStarts;

    /// <summary>The lengths of the prefixes, where there are branches; those are causal. Null without.</summary>
    public int* Prefixes;

    /// <summary>For each row of all keys the first key of its sequence that lies in its own branch, 0 in a prefix; null without <see cref="Prefixes"/>.</summary>
    public int* OwnKeys;

    /// <summary>[rows, Heads]: where each query's logarithm of the sum of exponentials of its scaled scores goes, which going backward starts from; or null.</summary>
    public float* LogSums;

    public readonly KernelSet Kernels => KernelSet.Supported[KernelIndex];

    /// <summary>Query heads that share a key head.</summary>
    public readonly int Group => Heads / KeyValueHeads;

    /// <summary>Queries of a sequence.</summary>
    public readonly int QueriesOf(int sequence) => QueryStarts != null ? QueryStarts[sequence + 1] - QueryStarts[sequence] : Queries;

    /// <summary>Keys of a sequence.</summary>
    public readonly int KeysOf(int sequence) => Starts != null ? Starts[sequence + 1] - Starts[sequence] : KeyCount;

    /// <summary>The row of a query among those of all sequences.</summary>
    public readonly long QueryRow(int sequence, int query) => (QueryStarts != null ? QueryStarts[sequence] : (long)sequence * Queries) + query;

    /// <summary>The row of a key among those of all sequences.</summary>
    public readonly long KeyRow(int sequence, int key) => (Starts != null ? Starts[sequence] : (long)sequence * KeyCount) + key;

    /// <summary>How many keys the query may see: all, or those up to its own place at the end of the keys.</summary>
    public readonly int Visible(int sequence, int query) => Causal ? KeysOf(sequence) - QueriesOf(sequence) + query + 1 : KeysOf(sequence);

    /// <summary>The keys that a query doesn't see of those up to its own place: the branches between its sequence's prefix and its own. Empty without branches.</summary>
    public readonly (int First, int End) Gap(int sequence, int query)
    {
        if (OwnKeys == null)
        {
            return default;
        }

        var own = OwnKeys[KeyRow(sequence, KeysOf(sequence) - QueriesOf(sequence) + query)];
        return own > Prefixes[sequence] ? (Prefixes[sequence], own) : default;
    }

    /// <summary>Floats from the first query, output or gradient of either to this one.</summary>
    public readonly long QueryPlace(int sequence, int query, int head) => (QueryRow(sequence, query) * QueryStride) + ((long)head * HeadSize);

    /// <summary>Bytes from the first key or value to this one.</summary>
    public readonly long KeyPlace(int sequence, int key, int keyValueHead) => (KeyRow(sequence, key) * KeyStride) + (keyValueHead * KeyHeadStride);

    public readonly float* QueryOf(int sequence, int query, int head) => Query + QueryPlace(sequence, query, head);

    public readonly float* OutputOf(int sequence, int query, int head) => Output + QueryPlace(sequence, query, head);

    public readonly byte* KeyOf(int sequence, int key, int keyValueHead) => Keys + KeyPlace(sequence, key, keyValueHead);

    public readonly byte* ValueOf(int sequence, int key, int keyValueHead) => Values + KeyPlace(sequence, key, keyValueHead);

    /// <summary>Takes Queries and KeyCount from <see cref="Starts"/>, where there are any.</summary>
    public void FindLongest()
    {
        if (Starts == null)
        {
            return;
        }

        (Queries, KeyCount) = (0, 0);
        for (var sequence = 0; sequence < Sequences; sequence++)
        {
            Queries = Math.Max(Queries, QueriesOf(sequence));
            KeyCount = Math.Max(KeyCount, KeysOf(sequence));
        }
    }
}
