using Kinora.Models.Language;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Benchmarking;

/// <summary>A Llama decoder with a billion random weights: reading a prompt, and writing behind it.</summary>
public static class LanguageBenchmark
{
    private const int Prompt = LlamaDecoder.ChunkLength;
    private const int Written = 32;

    /// <summary>The decoder's sizes: 1.1 billion parameters, head and embeddings included.</summary>
    public static LlamaConfig Config { get; } = new()
    {
        HiddenSize = 2048,
        IntermediateSize = 8192,
        Layers = 16,
        Heads = 32,
        KeyValueHeads = 8,
        HeadSize = 64,
        VocabularySize = 32000,
        NormEpsilon = 1e-5f,
        RopeTheta = 10000,
        MaxPositions = 4096,
        AttentionBias = false,
        OutputBias = false,
        MlpBias = false,
        TiedHead = false,
    };

    /// <summary>Times it in 8 and in 4 bits, one after the other.</summary>
    /// <param name="rounds">How to time.</param>
    /// <param name="operations">What to compute with.</param>
    public static IReadOnlyList<BenchmarkResult> Run(Rounds rounds, TensorOperations operations)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        return [.. Run(rounds, operations, StorageFormat.Q8_0x16), .. Run(rounds, operations, StorageFormat.Q4_0x16)];
    }

    private static IReadOnlyList<BenchmarkResult> Run(Rounds rounds, TensorOperations operations, StorageFormat format)
    {
        // As --weights has it: embeddings as published, the head in 8 bits at least.
        using var random = new RandomTensors(name => name switch
        {
            _ when name.EndsWith("embed_tokens.weight", StringComparison.Ordinal) => StorageFormat.BF16,
            _ when name.EndsWith("lm_head.weight", StringComparison.Ordinal) => StorageFormat.Q8_0x16,
            _ => format,
        });
        using var weights = new WeightLoader(random, WeightFormat.AsStored);
        using var decoder = new LlamaDecoder(weights, Config, "");
        using var cache = new KeyValueCache(Config, Prompt + Written);
        var ids = Enumerable.Range(0, Prompt).Select(i => i * 7 % Config.VocabularySize).ToArray();
        return rounds.Time(
        [
            BenchmarkCase.Of(operations, $"1B decoder reads {Prompt} tokens", format, Read) with { Count = Prompt, Thing = "token" },
            BenchmarkCase.Of(operations, $"1B decoder writes {Written} tokens", format, Write) with { Count = Written, Thing = "token" },
        ], 3);

        void Read(TensorOperations compute)
        {
            cache.Truncate(0);
            var hidden = decoder.Forward(compute, decoder.Place(compute, ids), cache);
            decoder.Logits(compute, hidden.Rows(Prompt - 1, 1));
        }

        void Write(TensorOperations compute)
        {
            cache.Truncate(Math.Min(cache.Length, Prompt));
            for (var i = 0; i < Written; i++)
            {
                using var frame = compute.Begin();
                decoder.Logits(compute, decoder.Forward(compute, decoder.Place(compute, [ids[i]]), cache));
            }
        }
    }
}
