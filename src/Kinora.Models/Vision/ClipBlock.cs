using Kinora.Models.Weights;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;

namespace Kinora.Models.Vision;

/// <summary>One block of a CLIP vision tower (Radford et al. 2021): attention without mask, then an MLP, each after a LayerNorm and added to the stream.</summary>
public sealed class ClipBlock : IRecomputable
{
    private readonly ClipConfig config;
    private readonly (Tensor Weight, Tensor Bias) norm1;
    private readonly (Tensor Weight, Tensor Bias) norm2;
    private readonly LinearLayer q; // [hidden, hidden]
    private readonly LinearLayer k;
    private readonly LinearLayer v;
    private readonly LinearLayer output;
    private readonly LinearLayer fc1; // [intermediate, hidden]
    private readonly LinearLayer fc2; // [hidden, intermediate]

    /// <summary>Takes the block's tensors.</summary>
    /// <param name="weights">Where from.</param>
    /// <param name="config">The tower's sizes.</param>
    /// <param name="prefix">What the names begin with, with a dot at its end.</param>
    public ClipBlock(WeightLoader weights, ClipConfig config, string prefix)
    {
        this.config = config;
        var (hidden, inner) = (config.HiddenSize, config.IntermediateSize);
        norm1 = Norm("layer_norm1");
        norm2 = Norm("layer_norm2");
        q = Layer("self_attn.q_proj", hidden, hidden);
        k = Layer("self_attn.k_proj", hidden, hidden);
        v = Layer("self_attn.v_proj", hidden, hidden);
        output = Layer("self_attn.out_proj", hidden, hidden);
        fc1 = Layer("mlp.fc1", inner, hidden);
        fc2 = Layer("mlp.fc2", hidden, inner);

        (Tensor, Tensor) Norm(string name) => (weights.Vector(WeightPart.Tower, $"{prefix}{name}.weight", hidden), weights.Vector(WeightPart.Tower, $"{prefix}{name}.bias", hidden));

        LinearLayer Layer(string name, int outputs, int inputs) => weights.Layer(WeightPart.Tower, $"{prefix}{name}", outputs, inputs, bias: true);
    }

    /// <summary>Runs the block.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="x">[frames * positions, hidden]; changed in place.</param>
    /// <param name="sequences">How the rows divide into pictures, which don't see each other.</param>
    /// <returns>The stream after the block.</returns>
    public Tensor Forward(TensorOperations operations, Tensor x, Sequences sequences)
    {
        using var frame = operations.Begin();
        var normal = operations.LayerNorm(x, norm1.Weight, norm1.Bias, config.NormEpsilon);
        var attended = operations.Attention(
            q.Forward(operations, normal),
            k.Forward(operations, normal),
            v.Forward(operations, normal),
            config.Heads,
            config.Heads,
            sequences);
        x = operations.Add(x, output.Forward(operations, attended));

        normal = operations.LayerNorm(x, norm2.Weight, norm2.Bias, config.NormEpsilon);
        var inner = fc1.Forward(operations, normal, config.Activation);
        return operations.Add(x, fc2.Forward(operations, inner));
    }
}
