using System.Text.Json.Nodes;
using Kinora.Models.Checkpoints;
using Kinora.Models.Generation;

namespace Kinora.Models.Tests.Generation;

public sealed class LogitsProcessorTests
{
    // Relative L2 norm: float32 noise of exp and sums over 664 tokens.
    private const double Tolerance = 2e-5;

    [Fact]
    public void Golden_settings_give_the_reference_probabilities()
    {
        using var expected = SafetensorsFile.Open(Fixture.At("tarsier-7b", "expected-sampling.safetensors"));
        var settings = JsonNode.Parse(File.ReadAllText(Fixture.At("tarsier-7b", "golden.json")))!["cases"]!.AsArray()
            .Single(item => item!["name"]!.GetValue<string>() == "sampling")!["processors"]!.AsObject();
        var prompt = expected.ReadIntegers("input_ids").Select(id => (int)id).ToArray();
        var compared = 0;
        foreach (var (name, setting) in settings)
        {
            if (name.StartsWith("generated", StringComparison.Ordinal))
            {
                continue;
            }

            var probabilities = name.StartsWith("probs", StringComparison.Ordinal);
            var logits = expected.ReadFloats("logits");
            new LogitsProcessor(new GenerationOptions
            {
                Temperature = setting!["temperature"]?.GetValue<double>() ?? (probabilities ? 1 : 0),
                TopK = setting["top_k"]?.GetValue<int>() ?? 0,
                TopP = setting["top_p"]?.GetValue<double>() ?? 1,
                RepetitionPenalty = setting["repetition_penalty"]?.GetValue<double>() ?? 1,
            }).Process(logits, prompt, []);
            if (probabilities)
            {
                Probabilities.Softmax(logits, logits);
            }

            var reference = expected.ReadFloats(name);
            Assert.Equal(reference.Select(value => value == 0), logits.Select(value => value == 0));
            var difference = Math.Sqrt(reference.Zip(logits, (left, right) => Math.Pow(left - right, 2)).Sum());
            Assert.True(difference <= Tolerance * Math.Sqrt(reference.Sum(value => (double)value * value)), $"{name}: {difference}");
            compared++;
        }

        Assert.Equal(7, compared);
    }

    [Fact]
    public void Each_id_is_penalised_once_and_by_its_sign()
    {
        float[] logits = [2, -2, 0, 4];
        new LogitsProcessor(new GenerationOptions { RepetitionPenalty = 2 }).Process(logits, [0, 0, 1, 99, -1], [1, 2]);
        Assert.Equal([1, -4, 0, 4], logits);
    }

    [Fact]
    public void A_processor_forgets_the_ids_of_the_last_call()
    {
        var processor = new LogitsProcessor(new GenerationOptions { RepetitionPenalty = 2 });
        processor.Process([4f, 4], [0], []);
        float[] logits = [4, 4];
        processor.Process(logits, [], [1]);
        Assert.Equal([4, 2], logits);
    }

    [Fact]
    public void Top_k_keeps_ties_with_the_last()
    {
        float[] logits = [1, 3, 2, 3, 2, 0];
        Process(logits, new GenerationOptions { Temperature = 1, TopK = 3 });
        Assert.Equal([float.NegativeInfinity, 3, 2, 3, 2, float.NegativeInfinity], logits);
        logits = [1, 2];
        Process(logits, new GenerationOptions { Temperature = 1, TopK = 5 });
        Assert.Equal([1, 2], logits);
    }

    [Fact]
    public void Top_k_keeps_exactly_those_that_a_sort_would_keep()
    {
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            var logits = Enumerable.Range(0, random.Next(2, 60)).Select(_ => (float)random.Next(-20, 20)).ToArray();
            var k = random.Next(1, logits.Length);
            var least = logits.OrderDescending().ElementAt(k - 1);
            var expected = logits.Select(logit => logit < least ? float.NegativeInfinity : logit).ToArray();
            Process(logits, new GenerationOptions { Temperature = 1, TopK = k });
            Assert.Equal(expected, logits);
        }
    }

    [Fact]
    public void Top_p_keeps_the_smallest_set_that_reaches_p_and_never_nothing()
    {
        float[] logits = [.. new[] { 0.1, 0.5, 0.3, 0.1 }.Select(probability => (float)Math.Log(probability))];
        var few = logits.ToArray();
        Process(few, new GenerationOptions { Temperature = 1, TopP = 0.75 });
        Assert.Equal([false, true, true, false], few.Select(float.IsFinite));
        Process(logits, new GenerationOptions { Temperature = 1, TopP = 0 });
        Assert.Equal([false, true, false, false], logits.Select(float.IsFinite));
    }

    [Fact]
    public void Greedy_choice_is_left_alone_by_sampling_settings()
    {
        float[] logits = [1, 3, 2];
        Process(logits, new GenerationOptions { TopK = 1, TopP = 0.1 });
        Assert.Equal([1, 3, 2], logits);
        Assert.Equal(1, Probabilities.MostLikely(logits));
    }

    [Fact]
    public void Nothing_is_allocated_after_the_first_use()
    {
        var processor = new LogitsProcessor(new GenerationOptions { Temperature = 0.7, TopK = 50, TopP = 0.9, RepetitionPenalty = 1.3 });
        var logits = Enumerable.Range(0, 5000).Select(id => MathF.Sin(id)).ToArray();
        int[] prompt = [1, 2, 3];
        processor.Process(logits, prompt, []);
        var before = GC.GetAllocatedBytesForCurrentThread();
        processor.Process(logits, prompt, []);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Logits_that_are_no_numbers_are_an_error()
    {
        Assert.Contains("NaN", Assert.Throws<GenerationException>(() => Probabilities.MostLikely([1, float.NaN])).Message);
        Assert.Throws<GenerationException>(() => Probabilities.MostLikely([1, float.PositiveInfinity]));
        Assert.Throws<GenerationException>(() => Probabilities.Softmax([float.NegativeInfinity], new float[1]));
    }

    private static void Process(float[] logits, GenerationOptions options) => new LogitsProcessor(options).Process(logits, [], []);
}
