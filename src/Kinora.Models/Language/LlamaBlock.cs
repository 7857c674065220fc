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
    private readonly AttentionInputs inputs;
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
        var (hidden, inner, names) = (config.HiddenSize, config.IntermediateSize, config.Names);
        inputNorm = weights.Vector(WeightPart.Decoder, prefix + names.AttentionNorm, hidden);
        postAttentionNorm = weights.Vector(WeightPart.Decoder, prefix + names.MlpNorm, hidden);
        inputs = new(weights, config, prefix);
        o = Layer(names.Output, hidden, config.Heads * config.HeadSize, config.OutputBias);
        gate = Layer(names.Gate, inner, hidden, config.MlpBias);
        up = Layer(names.Up, inner, hidden, config.MlpBias);
        down = Layer(names.Down, hidden, inner, config.MlpBias);

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
        var (queries, keys, values) = inputs.Forward(operations, operations.RmsNorm(x, inputNorm, config.NormEpsilon), sequences.Pictures);
        return Continue(operations, x, Attend(operations, queries, sequences, keys, values, sequences), sequences.Pictures);
    }

    /// <summary>As <see cref="Forward(TensorOperations, Tensor, Sequences)"/> for the last block of prefixes with branches: of the prefixes only keys and values are computed, since nobody asks for more.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="x">[tokens, hidden]; unchanged.</param>
    /// <param name="sequences">Prefixes with branches; pictures in prefixes only.</param>
    /// <returns>The stream after the block, [rows of the branches, hidden].</returns>
    public Tensor ForwardBranches(TensorOperations operations, Tensor x, Sequences sequences)
    {
        var stream = operations.Embed(sequences.BranchRows, x);
        using var frame = operations.Begin();
        var looking = sequences.Branches;
        if (sequences.Cosines is { } cosines)
        {
            looking = looking.Turned(operations.Embed(sequences.BranchRows, cosines), operations.Embed(sequences.BranchRows, sequences.Sines!));
        }

        var (queries, keys, values) = inputs.Forward(operations, operations.RmsNorm(x, inputNorm, config.NormEpsilon), sequences.Pictures, sequences.BranchRows);
        return Continue(operations, stream, Attend(operations, queries, looking, keys, values, sequences), null);
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
        var (queries, keys, values) = inputs.Forward(operations, operations.RmsNorm(x, inputNorm, config.NormEpsilon), rows.Pictures);
        queries = Turn(queries);
        operations.Store(Turn(keys), cache.Keys(layer), place);
        operations.Store(values, cache.Values(layer), place);
        return Continue(operations, x, operations.CachedAttention(queries, cache.Keys(layer), cache.Values(layer), place + x.Shape.Rows), rows.Pictures);

        Tensor Turn(Tensor heads) => rows.Cosines is { } cosines ? operations.Rotate(heads, cosines, rows.Sines!) : operations.Rotate(heads, rotary, cache.NextPosition);
    }

    /// <summary>Causal attention of whole sequences: rows that look, and rows that are looked at.</summary>
    private Tensor Attend(TensorOperations operations, Tensor queries, Sequences looking, Tensor keys, Tensor values, Sequences sequences)
        => operations.Attention(operations.Rotate(queries, rotary, looking), operations.Rotate(keys, rotary, sequences), values, config.Heads, config.KeyValueHeads, sequences, causal: true);

    /// <summary>What comes after attention.</summary>
    private Tensor Continue(TensorOperations operations, Tensor x, Tensor attended, IReadOnlyList<RowSpan>? pictures)
    {
        x = operations.Add(x, operations.Observe("attention", o.Forward(operations, attended, pictures: pictures)));
        var normal = operations.RmsNorm(x, postAttentionNorm, config.NormEpsilon);
        var gated = operations.SiluGate(gate.Forward(operations, normal, pictures: pictures), up.Forward(operations, normal, pictures: pictures));
        return operations.Add(x, operations.Observe("feed_forward", down.Forward(operations, gated, pictures: pictures)));
    }
}
