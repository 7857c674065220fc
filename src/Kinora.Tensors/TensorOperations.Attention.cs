using Kinora.Tensors.Operations;

namespace Kinora.Tensors;

/// <content>Attention, with and without a cache.</content>
public sealed unsafe partial class TensorOperations
{
    /// <summary>Softmax(q k^T / sqrt(headSize)) v within each sequence, without a mask.</summary>
    /// <param name="query">[sequences * tokens, heads * headSize].</param>
    /// <param name="key">[sequences * tokens, keyValueHeads * headSize].</param>
    /// <param name="value">As <paramref name="key"/>.</param>
    /// <param name="heads">Query heads.</param>
    /// <param name="keyValueHeads">Key heads, a divisor of <paramref name="heads"/>.</param>
    /// <param name="sequences">Sequences that don't see each other, of equal length.</param>
    /// <param name="causal">Whether a token sees only itself and those before it.</param>
    /// <returns>As <paramref name="query"/>.</returns>
    public Tensor Attention(Tensor query, Tensor key, Tensor value, int heads, int keyValueHeads, int sequences, bool causal = false)
    {
        var headSize = query.Shape.Last / heads;
        Require(heads % keyValueHeads == 0 && headSize * heads == query.Shape.Last && headSize * keyValueHeads == key.Shape.Last, query, key, "heads must divide the rows");
        Require(key.Shape == value.Shape && query.Shape.Rows == key.Shape.Rows && query.Shape.Rows % sequences == 0, query, key, "queries, keys and values must be of equal length");
        var output = Take(query.Shape);
        Attend(new()
        {
            Query = query.Floats,
            Output = output.Floats,
            QueryStride = query.Shape.Last,
            Keys = key.Pointer,
            Values = value.Pointer,
            Format = StorageFormat.F32,
            KeyStride = key.Shape.Last * sizeof(float),
            KeyHeadStride = headSize * sizeof(float),
            Sequences = sequences,
            Queries = query.Shape.Rows / sequences,
            KeyCount = key.Shape.Rows / sequences,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = headSize,
            Causal = causal,
        });
        KeepAlive(query, key, value);
        return output;
    }

    /// <summary>Causal attention over a cache: the queries are the last of <paramref name="length"/> tokens.</summary>
    /// <param name="query">[tokens, heads * headSize].</param>
    /// <param name="keys">[keyValueHeads, capacity, headSize], F32, F16 or Q8_0.</param>
    /// <param name="values">As <paramref name="keys"/>.</param>
    /// <param name="length">Tokens in the cache, those of the query included.</param>
    /// <returns>As <paramref name="query"/>.</returns>
    public Tensor CachedAttention(Tensor query, Tensor keys, Tensor values, int length)
    {
        var (keyValueHeads, capacity, headSize) = (keys.Shape[0], keys.Shape[1], keys.Shape[2]);
        var heads = query.Shape.Last / headSize;
        Require(heads * headSize == query.Shape.Last && heads % keyValueHeads == 0, query, keys, "query heads must be a multiple of key heads");
        Require(keys.Shape == values.Shape && keys.Format == values.Format && length <= capacity && query.Shape.Rows <= length, query, keys, "the cache must hold the queries' tokens");
        var output = Take(query.Shape);
        var rowBytes = keys.Format.RowBytes(headSize);
        Attend(new()
        {
            Query = query.Floats,
            Output = output.Floats,
            QueryStride = query.Shape.Last,
            Keys = keys.Pointer,
            Values = values.Pointer,
            Format = keys.Format,
            KeyStride = rowBytes,
            KeyHeadStride = rowBytes * capacity,
            Sequences = 1,
            Queries = query.Shape.Rows,
            KeyCount = length,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = headSize,
            Causal = true,
        });
        KeepAlive(query, keys, values);
        return output;
    }

    /// <summary>Puts keys or values of new tokens into a cache.</summary>
    /// <param name="rows">[tokens, keyValueHeads * headSize].</param>
    /// <param name="cache">[keyValueHeads, capacity, headSize], F32, F16 or Q8_0.</param>
    /// <param name="position">The place of the first token.</param>
    public void Store(Tensor rows, Tensor cache, int position)
    {
        var (heads, capacity, headSize) = (cache.Shape[0], cache.Shape[1], cache.Shape[2]);
        Require(rows.Shape.Last == heads * headSize && position + rows.Shape.Rows <= capacity, rows, cache, "the tokens must fit the cache");
        if (dry is not null)
        {
            dry.Rows(rows.Shape.Count);
            return;
        }

        var work = new StoreRows { Rows = rows.Floats, Cache = cache.Pointer, Format = cache.Format, Heads = heads, HeadSize = headSize, Capacity = capacity, Position = position };
        pool.Run(rows.Shape.Rows, ref work);
        KeepAlive(rows, cache);
    }

    private void Attend(AttentionArguments arguments)
    {
        arguments.KernelIndex = kernels.Index;
        arguments.Scale = 1f / MathF.Sqrt(arguments.HeadSize);
        if (dry is not null)
        {
            dry.Attention(arguments, few: arguments.Queries < MatrixProduct.FewestPackedRows);
        }
        else
        {
            BlockAttention.Run(pool, arguments);
        }
    }
}
