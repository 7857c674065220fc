using Kinora.Models.Weights;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;

namespace Kinora.Models.Language;

/// <summary>One block of a Llama decoder (Touvron et al. 2023): grouped causal attention with rotary positions, then a gated MLP, each after an RMSNorm and added to the stream.</summary>
public sealed class LlamaBlock : IRecomputable
{
    private readonly LlamaConfig config;
    private readonly Tensor inputNorm; // [hidden]
    private readonly Tensor postAttentionNorm; // [hidden]
    private readonly LinearLayer q; // [heads * headSize, hidden]
    private readonly LinearLayer k; // [keyValueHeads * headSize, hidden]
    private readonly LinearLayer v; // as k
    private readonly LinearLayer o; // [hidden, heads * headSize]
    private readonly LinearLayer gate; // [intermediate, hidden]
    private readonly LinearLayer up; // as gate
    private readonly LinearLayer down; // [hidden, intermediate]
    private readonly RotaryTable rotary;

    /// <summary>Takes the block's tensors.</summary>
    /// <param name="weights">Where from.</param>
    /// <param name="config">The decoder's sizes.</param>
    /// <param name="rotary">Angles of the positions.</param>
    /// <param name="prefix">What the names begin with, with a dot at its end: <c>language_model.model.layers.0.</c></param>
    public LlamaBlock(WeightLoader weights, LlamaConfig config, RotaryTable rotary, string prefix)
    {
        (this.config, this.rotary) = (config, rotary);
        var (hidden, inner) = (config.HiddenSize, config.IntermediateSize);
        var (queries, keys) = (config.Heads * config.HeadSize, config.KeyValueHeads * config.HeadSize);
        inputNorm = weights.Vector(WeightPart.Decoder, $"{prefix}input_layernorm.weight", hidden);
        postAttentionNorm = weights.Vector(WeightPart.Decoder, $"{prefix}post_attention_layernorm.weight", hidden);
        q = Layer("self_attn.q_proj", queries, hidden, config.AttentionBias);
        k = Layer("self_attn.k_proj", keys, hidden, config.AttentionBias);
        v = Layer("self_attn.v_proj", keys, hidden, config.AttentionBias);
        o = Layer("self_attn.o_proj", hidden, queries, config.OutputBias);
        gate = Layer("mlp.gate_proj", inner, hidden, config.MlpBias);
        up = Layer("mlp.up_proj", inner, hidden, config.MlpBias);
        down = Layer("mlp.down_proj", hidden, inner, config.MlpBias);

        LinearLayer Layer(string name, int outputs, int inputs, bool bias) => weights.Layer(WeightPart.Decoder, $"{prefix}{name}", outputs, inputs, bias);
    }

    /// <summary>Runs the block on whole sequences, as training does.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="x">[tokens, hidden]; may be changed in place.</param>
    /// <param name="sequences">How the tokens divide.</param>
    /// <returns>The stream after the block, [tokens, hidden].</returns>
    public Tensor Forward(TensorOperations operations, Tensor x, Sequences sequences)
    {
        using var frame = operations.Begin();
        var normal = operations.RmsNorm(x, inputNorm, config.NormEpsilon);
        return Continue(operations, x, Attend(operations, normal, sequences, normal, sequences));
    }

    /// <summary>As <see cref="Forward(TensorOperations, Tensor, Sequences)"/> for the last block of prefixes with branches: of the prefixes only keys and values are computed, since nobody asks for more.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="x">[tokens, hidden]; unchanged.</param>
    /// <param name="sequences">Prefixes with branches.</param>
    /// <returns>The stream after the block, [rows of the branches, hidden].</returns>
    public Tensor ForwardBranches(TensorOperations operations, Tensor x, Sequences sequences)
    {
        var stream = operations.Embed(sequences.BranchRows, x);
        using var frame = operations.Begin();
        var normal = operations.RmsNorm(x, inputNorm, config.NormEpsilon);
        var looking = sequences.Branches;
        if (sequences.Cosines is { } cosines)
        {
            looking = looking.Turned(operations.Embed(sequences.BranchRows, cosines), operations.Embed(sequences.BranchRows, sequences.Sines!));
        }

        return Continue(operations, stream, Attend(operations, operations.Embed(sequences.BranchRows, normal), looking, normal, sequences));
    }

    /// <summary>Runs the block on the tokens that follow those in the cache.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="x">[tokens, hidden]; changed in place.</param>
    /// <param name="cache">Receives the tokens' keys and values behind its present length.</param>
    /// <param name="layer">The block's number in the cache.</param>
    /// <param name="rows">One sequence, with what there is to know of its rows.</param>
    /// <returns>The stream after the block, [tokens, hidden].</returns>
    public Tensor Forward(TensorOperations operations, Tensor x, KeyValueCache cache, int layer, Sequences rows)
    {
        using var frame = operations.Begin();
        var place = cache.Length;
        var normal = operations.RmsNorm(x, inputNorm, config.NormEpsilon);
        var queries = Turn(Seen("layer_0_q_proj", q.Forward(operations, normal)));
        operations.Store(Turn(k.Forward(operations, normal)), cache.Keys(layer), place);
        operations.Store(Seen("layer_0_v_proj", v.Forward(operations, normal)), cache.Values(layer), place);
        return Continue(operations, x, operations.CachedAttention(queries, cache.Keys(layer), cache.Values(layer), place + x.Shape.Rows));

        Tensor Seen(string name, Tensor heads) => layer == 0 ? operations.Observe(name, heads) : heads;

        Tensor Turn(Tensor heads) => rows.Cosines is { } cosines ? operations.Rotate(heads, cosines, rows.Sines!) : operations.Rotate(heads, rotary, cache.NextPosition);
    }

    /// <summary>Causal attention of whole sequences: rows that look, and rows that are looked at.</summary>
    private Tensor Attend(TensorOperations operations, Tensor looking, Sequences lookingSequences, Tensor rows, Sequences sequences)
        => operations.Attention(
            operations.Rotate(q.Forward(operations, looking), rotary, lookingSequences),
            operations.Rotate(k.Forward(operations, rows), rotary, sequences),
            v.Forward(operations, rows),
            config.Heads,
            config.KeyValueHeads,
            sequences,
            causal: true);

    /// <summary>What comes after attention.</summary>
    private Tensor Continue(TensorOperations operations, Tensor x, Tensor attended)
    {
        x = operations.Add(x, o.Forward(operations, attended));
        var normal = operations.RmsNorm(x, postAttentionNorm, config.NormEpsilon);
        var gated = operations.SiluGate(gate.Forward(operations, normal), up.Forward(operations, normal));
        return operations.Add(x, down.Forward(operations, gated));
    }
}
