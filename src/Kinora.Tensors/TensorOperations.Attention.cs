using Kinora.Tensors.Autograd;
using Kinora.Tensors.Operations;

namespace Kinora.Tensors;

/// <content>Attention, with and without a cache.</content>
public sealed unsafe partial class TensorOperations
{
    /// <summary>Softmax(q k^T / sqrt(headSize)) v within each of several sequences of any lengths.</summary>
    /// <param name="query">[rows, heads * headSize]; behind prefixes also only the rows of <see cref="Sequences.Branches"/>.</param>
    /// <param name="key">[rows, keyValueHeads * headSize].</param>
    /// <param name="value">As <paramref name="key"/>.</param>
    /// <param name="heads">Query heads.</param>
    /// <param name="keyValueHeads">Key heads, a divisor of <paramref name="heads"/>.</param>
    /// <param name="sequences">How the rows divide; prefixes with branches are causal.</param>
    /// <param name="causal">Whether a token sees only itself and those before it.</param>
    /// <returns>As <paramref name="query"/>.</returns>
    public Tensor Attention(Tensor query, Tensor key, Tensor value, int heads, int keyValueHeads, Sequences sequences, bool causal = false)
    {
        var headSize = query.Shape.Last / heads;
        Require(heads % keyValueHeads == 0 && headSize * heads == query.Shape.Last && headSize * keyValueHeads == key.Shape.Last, query, key, "heads must divide the rows");
        var prefixed = sequences.HavePrefixes;
        Require(key.Shape == value.Shape && (query.Shape.Rows == key.Shape.Rows || (prefixed && query.Shape.Rows == sequences.Branches.Rows)), query, key, "queries, keys and values must be of equal length");
        Require(causal || !prefixed, query, key, "prefixes with branches are causal");
        RequireRows(key, sequences);
        var (output, records) = (Take(query.Shape), Records(query, key, value));
        var logSums = records ? New(query.Shape.Rows, heads) : null;
        var arguments = ArgumentsOf(query, key, value, heads, keyValueHeads, sequences, causal);
        arguments.Output = output.Floats;
        arguments.LogSums = logSums is null ? null : logSums.Floats;
        Attend(arguments);
        KeepAlive(query, key, value);
        if (records)
        {
            (query.Kept, key.Kept, value.Kept, output.Kept) = (true, true, true, true);
            Note(new() { Back = &AttentionBack, Output = output, A = query, B = key, C = value, Saved = logSums, Sequences = sequences, Second = heads, Third = keyValueHeads, First = causal ? 1 : 0 });
        }

        return output;
    }

    private static void AttentionBack(TensorOperations operations, in TapeEntry entry)
    {
        var (query, key, value) = (entry.A!, entry.B!, entry.C!);
        var (dq, dk, dv) = (operations.tape!.TakeGradient(query.Shape), operations.tape.TakeGradient(key.Shape), operations.tape.TakeGradient(value.Shape));
        var forward = ArgumentsOf(query, key, value, entry.Second, entry.Third, entry.Sequences, entry.First == 1);
        forward.Output = entry.Output.Floats;
        forward.LogSums = entry.Saved!.Floats;
        forward.KernelIndex = operations.kernels.Index;
        forward.Scale = 1f / MathF.Sqrt(forward.HeadSize);
        operations.Flops += 10.0 * Pairs(forward) * forward.HeadSize;
        AttentionGradient.Run(operations.pool, new()
        {
            Forward = forward,
            OutputGradient = entry.Output.Gradient!.Floats,
            QueryGradient = dq.Floats,
            KeyGradient = dk.Floats,
            ValueGradient = dv.Floats,
        });
        KeepAlive(query, key, value);
        KeepAlive(entry.Output, entry.Saved);
        operations.TakeOver(query, dq);
        operations.TakeOver(key, dk);
        operations.TakeOver(value, dv);
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
        }, cached: true);
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

    private static AttentionArguments ArgumentsOf(Tensor query, Tensor key, Tensor value, int heads, int keyValueHeads, Sequences sequences, bool causal)
    {
        var headSize = query.Shape.Last / heads;
        var longest = sequences.Count == 0 ? 0 : sequences.Length(0);
        var fewer = query.Shape.Rows < key.Shape.Rows;
        return new()
        {
            Query = query.Floats,
            QueryStride = query.Shape.Last,
            Keys = key.Pointer,
            Values = value.Pointer,
            Format = StorageFormat.F32,
            KeyStride = key.Shape.Last * sizeof(float),
            KeyHeadStride = headSize * sizeof(float),
            Sequences = sequences.Count,
            Queries = longest,
            KeyCount = longest,
            Starts = sequences.Starts,
            QueryStarts = fewer ? sequences.Branches.Starts : sequences.Starts,
            Prefixes = sequences.Prefixes,
            OwnKeys = sequences.OwnKeys,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = headSize,
            Causal = causal,
        };
    }

    /// <summary>Pairs of a query and a key that it sees, over all heads.</summary>
    private static double Pairs(in AttentionArguments arguments)
    {
        var pairs = 0.0;
        for (var sequence = 0; sequence < arguments.Sequences; sequence++)
        {
            var (queries, keys) = (arguments.QueriesOf(sequence), arguments.KeysOf(sequence));
            pairs += (double)queries * (arguments.Causal ? keys - ((queries - 1) / 2.0) : keys);
            for (var query = 0; query < queries && arguments.Prefixes != null; query++)
            {
                var (first, end) = arguments.Gap(sequence, query);
                pairs -= end - first;
            }
        }

        return pairs * arguments.Heads;
    }

    private void Attend(AttentionArguments arguments, bool cached = false)
    {
        arguments.KernelIndex = kernels.Index;
        arguments.Scale = 1f / MathF.Sqrt(arguments.HeadSize);
        arguments.FindLongest();
        if (dry is not null)
        {
            dry.Attention(arguments, cached, few: arguments.Queries < MatrixProduct.FewestPackedRows);
            return;
        }

        Flops += 4.0 * Pairs(arguments) * arguments.HeadSize;
        if (cached)
        {
            BlockAttention.Run(pool, arguments);
        }
        else
        {
            SequenceAttention.Run(pool, arguments);
        }
    }
}
