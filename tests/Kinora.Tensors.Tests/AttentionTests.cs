namespace Kinora.Tensors.Tests;

public class AttentionTests
{
    [Theory]
    [ClassData(typeof(Variants))]
    public void Without_mask_in_several_sequences(InstructionSet set)
    {
        using var operations = new TensorOperations(instructionSet: set);
        var random = new Random(1);
        foreach (var (sequences, tokens, heads, keyHeads, size) in new[] { (1, 1, 1, 1, 2), (3, 5, 4, 4, 8), (2, 17, 4, 2, 16), (1, 4, 12, 2, 32), (1, 200, 8, 1, 32), (1, 300, 2, 1, 64), (2, 33, 3, 3, 20), (1, 577, 1, 1, 24) })
        {
            using var query = Numbers.Random(random, sequences * tokens, heads * size);
            using var key = Numbers.Random(random, sequences * tokens, keyHeads * size);
            using var value = Numbers.Random(random, sequences * tokens, keyHeads * size);
            foreach (var causal in new[] { false, true })
            {
                using var frame = operations.Begin();
                var y = operations.Attention(query, key, value, heads, keyHeads, Sequences.Equal(sequences, query.Shape.Rows / sequences), causal);
                var expected = Reference(query, (s, t, h, i) => key.AsSpan()[((((s * tokens) + t) * keyHeads) + h) * size + i], (s, t, h, i) => value.AsSpan()[((((s * tokens) + t) * keyHeads) + h) * size + i], sequences, tokens, tokens, heads, keyHeads, size, causal);
                Assert.True(Numbers.RelativeError(y.AsSpan(), expected) < 3e-6, $"{sequences}x{tokens}: {Numbers.RelativeError(y.AsSpan(), expected):e2}");
            }
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Over_a_cache_in_chunks(InstructionSet set)
    {
        using var operations = new TensorOperations(instructionSet: set);
        var random = new Random(2);
        foreach (var format in new[] { StorageFormat.F32, StorageFormat.F16, StorageFormat.Q8_0 })
        {
            foreach (var (chunks, heads, keyHeads, size) in new[] { (new[] { 1, 1, 1 }, 4, 4, 8), (new[] { 9, 1, 4 }, 8, 2, 16), (new[] { 300, 40, 1, 7 }, 2, 1, 64), (new[] { 5, 270 }, 3, 3, 12), (new[] { 7, 1, 40 }, 6, 2, 32), (new[] { 900 }, 1, 1, 8) })
            {
                if (format.IsQuantised() && size % 32 != 0)
                {
                    continue;
                }

                var total = chunks.Sum();
                using var query = Numbers.Random(random, total, heads * size);
                using var key = Numbers.Random(random, total, keyHeads * size);
                using var value = Numbers.Random(random, total, keyHeads * size);
                using var storedKey = StorageConversion.Convert(key, format);
                using var storedValue = StorageConversion.Convert(value, format);
                var (roundedKey, roundedValue) = (Numbers.Decode(storedKey), Numbers.Decode(storedValue));
                using var keys = Tensor.Allocate(new Shape(keyHeads, total + 3, size), format);
                using var values = Tensor.Allocate(new Shape(keyHeads, total + 3, size), format);
                var expected = Reference(query, (_, t, h, i) => roundedKey[(((t * keyHeads) + h) * size) + i], (_, t, h, i) => roundedValue[(((t * keyHeads) + h) * size) + i], 1, total, total, heads, keyHeads, size, causal: true);
                var done = 0;
                foreach (var count in chunks)
                {
                    using var frame = operations.Begin();
                    operations.Store(key.Rows(done, count), keys, done);
                    operations.Store(value.Rows(done, count), values, done);
                    var y = operations.CachedAttention(query.Rows(done, count), keys, values, done + count);
                    var error = Numbers.RelativeError(y.AsSpan(), expected.AsSpan(done * heads * size, count * heads * size));
                    Assert.True(error < 3e-6, $"{format}, tokens {done} to {done + count}: {error:e2}");
                    done += count;
                }
            }
        }
    }

    [Fact]
    public void Scores_far_apart_neither_overflow_nor_lose_the_largest()
    {
        using var operations = new TensorOperations();
        using var query = Tensor.Allocate(new Shape(600, 16));
        using var key = Tensor.Allocate(new Shape(600, 16));
        using var value = Numbers.Random(new Random(4), 600, 16);
        query.AsSpan().Fill(30f);
        for (var token = 0; token < 600; token++)
        {
            key.Row(token).Fill(token - 300); // the largest score comes in the last block, 36,000 above the first
        }

        var y = operations.Attention(query, key, value, 1, 1, Sequences.Equal(1, query.Shape.Rows));
        for (var token = 0; token < 600; token++)
        {
            Assert.Equal(value.Row(599).ToArray(), y.Row(token).ToArray());
        }
    }

    [Theory]
    [InlineData(StorageFormat.F32)]
    [InlineData(StorageFormat.F16)]
    [InlineData(StorageFormat.Q8_0)]
    public void Attention_allocates_nothing_after_the_first_time(StorageFormat format)
    {
        using var operations = new TensorOperations();
        var random = new Random(7);
        using var many = Numbers.Random(random, 20, 64);
        using var one = Numbers.Random(random, 1, 64);
        using var keys = Tensor.Allocate(new Shape(2, 40, 32), format);
        Once();
        Once();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Once();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Once()
        {
            using var frame = operations.Begin();
            operations.Store(many, keys, 0);
            operations.CachedAttention(many, keys, keys, 20);
            operations.Store(one, keys, 20);
            operations.CachedAttention(one, keys, keys, 21);
        }
    }

    [Theory]
    [InlineData(StorageFormat.F16, 3e-4)]
    [InlineData(StorageFormat.Q8_0, 8e-3)]
    public void A_rounded_cache_stays_near_the_exact_one(StorageFormat format, double limit)
    {
        using var operations = new TensorOperations();
        var random = new Random(12);
        var (tokens, heads, size) = (700, 4, 64);
        using var query = Numbers.Random(random, tokens, heads * size);
        using var key = Numbers.Random(random, tokens, heads * size);
        using var value = Numbers.Random(random, tokens, heads * size);
        using var frame = operations.Begin();
        var exact = operations.Attention(query, key, value, heads, heads, Sequences.Equal(1, query.Shape.Rows), causal: true);
        using var keys = Tensor.Allocate(new Shape(heads, tokens, size), format);
        using var values = Tensor.Allocate(new Shape(heads, tokens, size), format);
        operations.Store(key, keys, 0);
        operations.Store(value, values, 0);
        var rounded = operations.CachedAttention(query, keys, values, tokens);
        Assert.InRange(Numbers.RelativeError(rounded.AsSpan(), Numbers.Decode(exact)), limit / 10, limit);
    }

    private static double[] Reference(Tensor query, Func<int, int, int, int, double> key, Func<int, int, int, int, double> value, int sequences, int queries, int keys, int heads, int keyHeads, int size, bool causal)
    {
        var output = new double[query.Shape.Count];
        for (var sequence = 0; sequence < sequences; sequence++)
        {
            for (var t = 0; t < queries; t++)
            {
                for (var head = 0; head < heads; head++)
                {
                    var start = ((((sequence * queries) + t) * heads) + head) * size;
                    var keyHead = head / (heads / keyHeads);
                    var visible = causal ? t + 1 : keys;
                    var scores = new double[visible];
                    for (var s = 0; s < visible; s++)
                    {
                        for (var i = 0; i < size; i++)
                        {
                            scores[s] += query.AsSpan()[start + i] * key(sequence, s, keyHead, i) / Math.Sqrt(size);
                        }
                    }

                    var largest = scores.Max();
                    var weights = scores.Select(score => Math.Exp(score - largest)).ToArray();
                    var sum = weights.Sum();
                    for (var i = 0; i < size; i++)
                    {
                        for (var s = 0; s < visible; s++)
                        {
                            output[start + i] += weights[s] / sum * value(sequence, s, keyHead, i);
                        }
                    }
                }
            }
        }

        return output;
    }
}
