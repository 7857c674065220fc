namespace Kinora.Models.Language;

/// <summary>What a checkpoint calls the parts of a Llama decoder.</summary>
public sealed record DecoderNames
{
    /// <summary>Llama's own names, which most have.</summary>
    public static DecoderNames Llama { get; } = new();

    /// <summary>InternLM2's (Cai et al. 2024): queries, keys and values of each group of heads lie behind each other in one matrix.</summary>
    public static DecoderNames InternLm2 { get; } = new()
    {
        Embeddings = "model.tok_embeddings.weight",
        Head = "output.weight",
        AttentionNorm = "attention_norm.weight",
        MlpNorm = "ffn_norm.weight",
        Grouped = "attention.wqkv",
        Output = "attention.wo",
        Gate = "feed_forward.w1",
        Up = "feed_forward.w3",
        Down = "feed_forward.w2",
    };

    /// <summary>The embedding table.</summary>
    public string Embeddings { get; init; } = "model.embed_tokens.weight";

    /// <summary>What the names of block n begin with, before its number.</summary>
    public string Blocks { get; init; } = "model.layers.";

    /// <summary>The last norm.</summary>
    public string Norm { get; init; } = "model.norm.weight";

    /// <summary>The head.</summary>
    public string Head { get; init; } = "lm_head.weight";

    /// <summary>In a block: the norm before attention.</summary>
    public string AttentionNorm { get; init; } = "input_layernorm.weight";

    /// <summary>The norm before the MLP.</summary>
    public string MlpNorm { get; init; } = "post_attention_layernorm.weight";

    /// <summary>Queries.</summary>
    public string Query { get; init; } = "self_attn.q_proj";

    /// <summary>Keys.</summary>
    public string Key { get; init; } = "self_attn.k_proj";

    /// <summary>Values.</summary>
    public string Value { get; init; } = "self_attn.v_proj";

    /// <summary>Queries, keys and values in one layer, group by group: all query heads of a group, its key head, its value head; null: in three.</summary>
    public string? Grouped { get; init; }

    /// <summary>Behind attention.</summary>
    public string Output { get; init; } = "self_attn.o_proj";

    /// <summary>The MLP's gate.</summary>
    public string Gate { get; init; } = "mlp.gate_proj";

    /// <summary>What the gate is multiplied with.</summary>
    public string Up { get; init; } = "mlp.up_proj";

    /// <summary>The MLP's last layer.</summary>
    public string Down { get; init; } = "mlp.down_proj";
}
