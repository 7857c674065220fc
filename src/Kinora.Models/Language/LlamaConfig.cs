using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Models.Language;

/// <summary>The sizes of a Llama decoder, as <c>config.json</c> gives them; what it omits takes the values of the Llama configuration class.</summary>
public sealed record LlamaConfig
{
    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width inside the gated MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; a divisor of <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Values per head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Rows of the embedding table and of the head.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Added to the mean square before the root.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Base of the rotary frequencies.</summary>
    public required double RopeTheta { get; init; }

    /// <summary>Tokens that the model was trained for. Nothing is cut there: positions run on.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Pairs of a head that turn by each axis of positions of several axes; empty: positions have one.</summary>
    public int[] RopeSections { get; init; } = [];

    /// <summary>What the checkpoint calls the parts.</summary>
    public DecoderNames Names { get; init; } = DecoderNames.Llama;

    /// <summary>Whether q, k and v have biases.</summary>
    public required bool AttentionBias { get; init; }

    /// <summary>Whether o has a bias.</summary>
    public required bool OutputBias { get; init; }

    /// <summary>Whether the MLP's layers have biases.</summary>
    public required bool MlpBias { get; init; }

    /// <summary>Whether the head is the embedding table.</summary>
    public required bool TiedHead { get; init; }

    /// <summary>The largest size that a configuration may name.</summary>
    internal const int Most = 1 << 20;

    /// <summary>Reads the text part of a configuration.</summary>
    /// <exception cref="CheckpointException">A value that can't be, or a feature that isn't there.</exception>
    public static LlamaConfig Read(ConfigReader config)
    {
        var heads = config.Int("num_attention_heads", 32, 1, Most);
        var hidden = config.Int("hidden_size", 4096, 1, Most);
        var result = new LlamaConfig
        {
            HiddenSize = hidden,
            IntermediateSize = config.Int("intermediate_size", 11008, 1, Most),
            Layers = config.Int("num_hidden_layers", 32, 1, 1024),
            Heads = heads,
            KeyValueHeads = config.Int("num_key_value_heads", heads, 1, Most),
            HeadSize = config.Int("head_dim", hidden / heads, 1, Most),
            VocabularySize = config.Int("vocab_size", 32000, 1, 1 << 24),
            NormEpsilon = (float)config.Double("rms_norm_eps", 1e-6, 0, 1),
            RopeTheta = config.Double("rope_theta", 10000, 1, 1e12),
            MaxPositions = config.Int("max_position_embeddings", 2048, 1, int.MaxValue),
            AttentionBias = config.Bool("attention_bias", false),
            OutputBias = config.Bool("attention_bias", false),
            MlpBias = config.Bool("mlp_bias", false),
            TiedHead = config.Bool("tie_word_embeddings", false),
        };
        result.Require(config);
        if (config.Has("rope_scaling"))
        {
            throw config.Unusable("rope_scaling", "null: scaled rotary positions aren't supported for this family");
        }

        return result;
    }

    /// <summary>Checks that the sizes fit each other.</summary>
    /// <param name="config">Where they come from, for the message.</param>
    /// <exception cref="CheckpointException">They don't.</exception>
    internal void Require(ConfigReader config)
    {
        if ((long)Heads * HeadSize > Most)
        {
            throw config.Unusable("num_attention_heads", $"with {HeadSize} values per head at most {Most / HeadSize}");
        }

        if (Heads % KeyValueHeads != 0)
        {
            throw config.Unusable("num_key_value_heads", $"a divisor of num_attention_heads, {Heads}");
        }

        if (!config.Has("head_dim") && HiddenSize % Heads != 0)
        {
            throw config.Unusable("hidden_size", $"a multiple of num_attention_heads, {Heads}");
        }

        if (HeadSize % 2 != 0)
        {
            throw config.Unusable(config.Has("head_dim") ? "head_dim" : "hidden_size", "an even number of values per head, for rotary positions");
        }

        if (config.String("hidden_act", "silu") is not "silu")
        {
            throw config.Unusable("hidden_act", "\"silu\", the only activation of a Llama decoder");
        }
    }
}
