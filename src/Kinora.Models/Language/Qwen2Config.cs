using System.Text.Json;
using Kinora.Models.Checkpoints;

namespace Kinora.Models.Language;

/// <summary>The sizes of Qwen2-VL's decoder: a Llama decoder with biases on q, k and v and positions of three axes.</summary>
public static class Qwen2Config
{
    /// <summary>Axes of a position: time, rows, columns.</summary>
    private const int Axes = 3;

    /// <summary>Reads the text part of a configuration; what it omits takes the values of the original's configuration class, which are those of the 72B model.</summary>
    /// <exception cref="CheckpointException">A value that can't be, or a feature that isn't there.</exception>
    public static LlamaConfig Read(ConfigReader config)
    {
        var heads = config.Int("num_attention_heads", 64, 1, LlamaConfig.Most);

        // Here alone null is no default: it means as many as there are queries.
        var everyHead = config.Root.TryGetProperty("num_key_value_heads", out var value) && value.ValueKind == JsonValueKind.Null;
        var hidden = config.Int("hidden_size", 8192, 1, LlamaConfig.Most);
        if (hidden % heads != 0)
        {
            throw config.Unusable("hidden_size", $"a multiple of num_attention_heads, {heads}");
        }

        var result = new LlamaConfig
        {
            HiddenSize = hidden,
            IntermediateSize = config.Int("intermediate_size", 29568, 1, LlamaConfig.Most),
            Layers = config.Int("num_hidden_layers", 80, 1, 1024),
            Heads = heads,
            KeyValueHeads = config.Int("num_key_value_heads", everyHead ? heads : 8, 1, LlamaConfig.Most),
            HeadSize = hidden / heads,
            VocabularySize = config.Int("vocab_size", 152064, 1, 1 << 24),
            NormEpsilon = (float)config.Double("rms_norm_eps", 1e-5, 0, 1),
            RopeTheta = config.Double(config.Has("rope_theta") ? "rope_theta" : "rope_parameters.rope_theta", 1e6, 1, 1e12),
            MaxPositions = config.Int("max_position_embeddings", 32768, 1, int.MaxValue),
            AttentionBias = true,
            OutputBias = false,
            MlpBias = false,
            TiedHead = false, // may be said elsewhere
        };
        result.Require(config);
        return result with { RopeSections = Sections(config, result.HeadSize) };
    }

    /// <summary>The sections are what counts, whatever type stands beside them: the original's own class writes "default" there.</summary>
    private static int[] Sections(ConfigReader config, int headSize)
    {
        var key = config.Has("rope_parameters") && !config.Has("rope_scaling") ? "rope_parameters" : "rope_scaling";
        foreach (var type in new[] { $"{key}.type", $"{key}.rope_type" })
        {
            if (config.String(type, "default") is not ("default" or "mrope"))
            {
                throw config.Unusable(type, "\"default\" or \"mrope\": scaled rotary positions aren't supported for this family");
            }
        }

        int[] sections = [.. config.Ints($"{key}.mrope_section", 0, LlamaConfig.Most)];
        return sections.Length == Axes && sections.Sum(count => (long)count) * 2 == headSize ? sections
            : throw config.Unusable($"{key}.mrope_section", $"{Axes} whole numbers whose sum is half of a head's {headSize} values");
    }
}
