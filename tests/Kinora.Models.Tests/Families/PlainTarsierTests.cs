using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Inputs;
using Kinora.Models.Language;
using Kinora.Models.Verification;
using Kinora.Models.Weights;
using Kinora.Tensors;
using Kinora.Tensors.Threading;

namespace Kinora.Models.Tests.Families;

/// <summary>The engine against <see cref="PlainTarsier"/> on checkpoints of random shapes, with every instruction set.</summary>
public class PlainTarsierTests
{
    /// <summary>
    /// Relative L2 error of float32 sums over up to eleven thousand products, through up to 32 layers; measured: at most 1.6e-6 at every
    /// stage with every instruction set.
    /// </summary>
    private const double Limit = 1e-5;

    private static readonly WorkerPool[] pools = [new(1), WorkerPool.Shared, new(3)];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_stage_equals_the_plain_reference(int seed)
    {
        const int NewTokens = 4;
        using var checkpoint = new RandomTarsier(seed);
        var pictures = checkpoint.Pictures(checkpoint.Next(0, 6));

        // Some prompts are longer than the decoder's chunk.
        var prompt = checkpoint.Prompt(pictures.Length, seed % 8 == 0 ? checkpoint.Next(500, 560) : checkpoint.Next(1, 40));
        using var model = ModelLoader.Load(checkpoint.Path, seed % 5 == 0 ? WeightFormat.F32 : WeightFormat.AsStored);
        Assert.Equal((checkpoint.Sizes.Grid * (checkpoint.Sizes.Grid + 1)) + 1, model.Layout(1).Tokens);
        Written? reference = null;
        foreach (var set in TensorOperations.Supported)
        {
            var computed = Write(model, new TensorOperations(pools[seed % pools.Length], set), pictures, prompt, NewTokens);
            if (reference is null || !reference.Ids.SequenceEqual(computed.Ids))
            {
                var plain = checkpoint.Reference;
                reference = new(computed.Ids, plain.Stages, plain.Logits([.. pictures.Select(picture => picture.Select(value => (double)value).ToArray())], [.. prompt, .. computed.Ids]));
            }

            var places = reference.Logits.Length - computed.Ids.Length;
            foreach (var (name, values) in computed.Stages)
            {
                // The reference has also read the new tokens; they come last and change nothing before them.
                var expected = reference.Stages[name];
                Near(values, expected.AsSpan(0, name is "inputs_embeds" or "layer_0_output" or "final_norm_output" ? places * checkpoint.Sizes.Text : expected.Length), $"{name} with {set}");
            }

            Assert.Equal(pictures.Length > 0 ? 6 : 3, computed.Stages.Count);
            for (var step = 0; step < computed.Logits.Count; step++)
            {
                var expected = reference.Logits[places - 1 + step];
                Near(computed.Logits[step], expected, $"logits {step} with {set}");
                if (step < computed.Ids.Length)
                {
                    Assert.True(expected[computed.Ids[step]] > expected.Max() - 1e-4, $"token {step} with {set} is not the reference's choice");
                }
            }

            Near(computed.Again, reference.Logits[^1], $"logits of the whole sequence read again with {set}");
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(16)]
    public void A_cache_of_16_bit_floats_costs_little_and_grows_like_the_other(int seed)
    {
        using var checkpoint = new RandomTarsier(seed);
        using var model = ModelLoader.Load(checkpoint.Path);
        var ids = checkpoint.Prompt(0, 60);
        var expected = checkpoint.Reference.Logits([], ids)[^1];
        foreach (var set in TensorOperations.Supported)
        {
            using var operations = new TensorOperations(instructionSet: set);
            using var cache = new KeyValueCache(model.Decoder.Config, 7, StorageFormat.F16);
            var logits = new float[checkpoint.Sizes.Vocabulary];

            // Long and short parts: the attention of many queries and of few.
            foreach (var (first, count) in new[] { (0, 7), (7, 40), (47, 3), (50, 9), (59, 1) })
            {
                cache.Reserve(first + count);
                using var frame = operations.Begin();
                var hidden = model.Decoder.Forward(operations, model.Decoder.Place(operations, ids.AsSpan(first, count)), cache);
                model.Decoder.Logits(operations, hidden.Rows(count - 1, 1)).AsSpan().CopyTo(logits);
            }

            Assert.InRange(Error(logits, expected), 1e-7, 5e-3);

            // A beam's tail is put back behind the prompt after the cache has grown.
            var tail = new byte[cache.TailBytes(10)];
            cache.CopyTail(50, 10, tail, restore: false);
            cache.Truncate(50);
            cache.Reserve(500);
            cache.CopyTail(50, 10, tail, restore: true);
            cache.Truncate(59);
            using var again = operations.Begin();
            var last = model.Decoder.Forward(operations, model.Decoder.Place(operations, ids.AsSpan(59, 1)), cache);
            Assert.Equal(logits, model.Decoder.Logits(operations, last).AsSpan().ToArray());
            Assert.Equal(60, cache.Length);
        }
    }

    [Fact]
    public void A_cache_beyond_a_gibibyte_is_kept_in_16_bit_floats()
    {
        using var checkpoint = new RandomTarsier(1);
        using var model = ModelLoader.Load(checkpoint.Path);

        // The sizes of Tarsier-7b: a megabyte per token.
        var large = model.Decoder.Config with { Layers = 32, KeyValueHeads = 32, HeadSize = 128 };
        Assert.Equal(StorageFormat.F32, Session.CacheFormat(large, 1024));
        Assert.Equal(StorageFormat.F16, Session.CacheFormat(large, 1025));
        Assert.Equal(9616L << 20, KeyValueCache.BytesFor(large, 9616, StorageFormat.F32));
    }

    [Fact]
    public void A_cache_in_blocks_needs_heads_of_whole_blocks()
    {
        foreach (var seed in Enumerable.Range(1, 20))
        {
            using var checkpoint = new RandomTarsier(seed);
            using var model = ModelLoader.Load(checkpoint.Path);
            var size = model.Decoder.Config.HeadSize;
            if (size % 32 != 0)
            {
                var error = Assert.Throws<GenerationException>(() => new Session(model, cacheFormat: StorageFormat.Q8_0));
                Assert.Contains($"heads have {size} values", error.Message, StringComparison.Ordinal);
                return;
            }
        }

        Assert.Fail("All twenty have whole blocks.");
    }

    private static Computed Write(VisionLanguageModel model, TensorOperations operations, float[][] pictures, int[] prompt, int count)
    {
        using var session = new Session(model, operations);
        var recorder = new TensorRecorder();
        operations.Observer = (name, tensor) =>
        {
            if (name is "vision_output" or "projector_output" or "connector_output" or "inputs_embeds" or "layer_0_output" or "final_norm_output")
            {
                recorder.Observe(name, tensor);
            }
        };
        using var visual = Encode(session, pictures);
        var layout = model.Layout(pictures.Length);
        session.Read(model.Expand(prompt, layout), visual);
        operations.Observer = null;
        var (ids, logits) = (new List<int>(), new List<float[]> { session.Logits.ToArray() });
        for (var i = 0; i < count; i++)
        {
            ids.Add(Probabilities.MostLikely(session.Logits));
            if (ids[^1] == model.ImageTokenId)
            {
                // As a prompt this id would mean a picture.
                ids.RemoveAt(i);
                break;
            }

            session.Read(ids[^1]);
            logits.Add(session.Logits.ToArray());
        }

        session.Rewind(0, 0);
        session.Read(model.Expand([.. prompt, .. ids], layout), visual);
        return new([.. ids], recorder.Names.ToDictionary(name => name, recorder.Joined), logits, session.Logits.ToArray());
    }

    private static VisualEmbeddings? Encode(Session session, float[][] pictures)
    {
        if (pictures.Length == 0)
        {
            return null;
        }

        var side = (int)Math.Sqrt(pictures[0].Length / 3);
        using var pixels = Tensor.From([.. pictures.SelectMany(picture => picture)], new Shape(pictures.Length, 3, side, side));
        return session.Encode(session.Model.Input(pixels));
    }

    private static void Near(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var error = Error(actual, expected);
        Assert.True(error <= Limit, $"{what}: {error:g3}");
    }

    private static double Error(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected)
    {
        var (difference, norm) = (0.0, 0.0);
        for (var i = 0; i < actual.Length; i++)
        {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }

        return Math.Sqrt(difference / norm);
    }

    private sealed record Computed(int[] Ids, Dictionary<string, float[]> Stages, List<float[]> Logits, float[] Again);

    private sealed record Written(int[] Ids, Dictionary<string, double[]> Stages, double[][] Logits);
}
