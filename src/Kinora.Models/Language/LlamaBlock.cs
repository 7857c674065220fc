using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Language;

/// <summary>One block of a Llama decoder (Touvron et al. 2023): grouped causal attention with rotary positions, then a gated MLP, each after an RMSNorm and added to the stream.</summary>
public sealed class LlamaBlock
{
    private readonly LlamaConfig config;
    private readonly Tensor inputNorm; // [hidden]
    private readonly Tensor postAttentionNorm; // [hidden]
    private readonly Tensor q; // [heads * headSize, hidden]
    private readonly Tensor k; // [keyValueHeads * headSize, hidden]
    private readonly Tensor v; // as k
    private readonly Tensor o; // [hidden, heads * headSize]
    private readonly Tensor? qBias;
    private readonly Tensor? kBias;
    private readonly Tensor? vBias;
    private readonly Tensor? oBias;
    private readonly Tensor gate; // [intermediate, hidden]
    private readonly Tensor up; // as gate
    private readonly Tensor down; // [hidden, intermediate]
    private readonly Tensor? gateBias;
    private readonly Tensor? upBias;
    private readonly Tensor? downBias;

    /// <summary>Takes the block's tensors.</summary>
    /// <param name="weights">Where from.</param>
    /// <param name="config">The decoder's sizes.</param>
    /// <param name="prefix">What the names begin with, with a dot at its end: <c>language_model.model.layers.0.</c></param>
    public LlamaBlock(WeightLoader weights, LlamaConfig config, string prefix)
    {
        this.config = config;
        var (hidden, inner) = (config.HiddenSize, config.IntermediateSize);
        var (queries, keys) = (config.Heads * config.HeadSize, config.KeyValueHeads * config.HeadSize);
        inputNorm = weights.Vector(WeightPart.Decoder, $"{prefix}input_layernorm.weight", hidden);
        postAttentionNorm = weights.Vector(WeightPart.Decoder, $"{prefix}post_attention_layernorm.weight", hidden);
        q = weights.Matrix(WeightPart.Decoder, $"{prefix}self_attn.q_proj.weight", queries, hidden);
        k = weights.Matrix(WeightPart.Decoder, $"{prefix}self_attn.k_proj.weight", keys, hidden);
        v = weights.Matrix(WeightPart.Decoder, $"{prefix}self_attn.v_proj.weight", keys, hidden);
        o = weights.Matrix(WeightPart.Decoder, $"{prefix}self_attn.o_proj.weight", hidden, queries);
        gate = weights.Matrix(WeightPart.Decoder, $"{prefix}mlp.gate_proj.weight", inner, hidden);
        up = weights.Matrix(WeightPart.Decoder, $"{prefix}mlp.up_proj.weight", inner, hidden);
        down = weights.Matrix(WeightPart.Decoder, $"{prefix}mlp.down_proj.weight", hidden, inner);
        if (config.AttentionBias)
        {
            qBias = weights.Vector(WeightPart.Decoder, $"{prefix}self_attn.q_proj.bias", queries);
            kBias = weights.Vector(WeightPart.Decoder, $"{prefix}self_attn.k_proj.bias", keys);
            vBias = weights.Vector(WeightPart.Decoder, $"{prefix}self_attn.v_proj.bias", keys);
            oBias = weights.Vector(WeightPart.Decoder, $"{prefix}self_attn.o_proj.bias", hidden);
        }

        if (config.MlpBias)
        {
            gateBias = weights.Vector(WeightPart.Decoder, $"{prefix}mlp.gate_proj.bias", inner);
            upBias = weights.Vector(WeightPart.Decoder, $"{prefix}mlp.up_proj.bias", inner);
            downBias = weights.Vector(WeightPart.Decoder, $"{prefix}mlp.down_proj.bias", hidden);
        }
    }

    /// <summary>Runs the block on the tokens that follow those in the cache.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="x">[tokens, hidden]; changed in place.</param>
    /// <param name="rotary">Angles of the positions.</param>
    /// <param name="cache">Receives the tokens' keys and values behind its present length.</param>
    /// <param name="layer">The block's number in the cache.</param>
    /// <returns>The stream after the block, [tokens, hidden].</returns>
    public Tensor Forward(TensorOperations operations, Tensor x, RotaryTable rotary, KeyValueCache cache, int layer)
    {
        using var frame = operations.Begin();
        var position = cache.Length;
        var normal = operations.RmsNorm(x, inputNorm, config.NormEpsilon);
        var queries = operations.Rotate(operations.Linear(normal, q, qBias), rotary, position);
        operations.Store(operations.Rotate(operations.Linear(normal, k, kBias), rotary, position), cache.Keys(layer), position);
        operations.Store(operations.Linear(normal, v, vBias), cache.Values(layer), position);
        var attended = operations.CachedAttention(queries, cache.Keys(layer), cache.Values(layer), position + x.Shape.Rows);
        x = operations.Add(x, operations.Linear(attended, o, oBias));

        normal = operations.RmsNorm(x, postAttentionNorm, config.NormEpsilon);
        var gated = operations.SiluGate(operations.Linear(normal, gate, gateBias), operations.Linear(normal, up, upBias));
        return operations.Add(x, operations.Linear(gated, down, downBias));
    }
}
