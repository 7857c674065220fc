using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Vision;

/// <summary>One block of a CLIP vision tower (Radford et al. 2021): attention without mask, then an MLP, each after a LayerNorm and added to the stream.</summary>
public sealed class ClipBlock
{
    private readonly ClipConfig config;
    private readonly (Tensor Weight, Tensor Bias) norm1;
    private readonly (Tensor Weight, Tensor Bias) norm2;
    private readonly (Tensor Weight, Tensor Bias) q; // [hidden, hidden]
    private readonly (Tensor Weight, Tensor Bias) k;
    private readonly (Tensor Weight, Tensor Bias) v;
    private readonly (Tensor Weight, Tensor Bias) output;
    private readonly (Tensor Weight, Tensor Bias) fc1; // [intermediate, hidden]
    private readonly (Tensor Weight, Tensor Bias) fc2; // [hidden, intermediate]

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

        (Tensor, Tensor) Layer(string name, int outputs, int inputs)
            => (weights.Matrix(WeightPart.Tower, $"{prefix}{name}.weight", outputs, inputs), weights.Vector(WeightPart.Tower, $"{prefix}{name}.bias", outputs));
    }

    /// <summary>Runs the block.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="x">[frames * positions, hidden]; changed in place.</param>
    /// <param name="frames">Pictures, which don't see each other.</param>
    /// <returns>The stream after the block.</returns>
    public Tensor Forward(TensorOperations operations, Tensor x, int frames)
    {
        using var frame = operations.Begin();
        var normal = operations.LayerNorm(x, norm1.Weight, norm1.Bias, config.NormEpsilon);
        var attended = operations.Attention(
            operations.Linear(normal, q.Weight, q.Bias),
            operations.Linear(normal, k.Weight, k.Bias),
            operations.Linear(normal, v.Weight, v.Bias),
            config.Heads,
            config.Heads,
            frames);
        x = operations.Add(x, operations.Linear(attended, output.Weight, output.Bias));

        normal = operations.LayerNorm(x, norm2.Weight, norm2.Bias, config.NormEpsilon);
        var inner = operations.Linear(normal, fc1.Weight, fc1.Bias, config.Activation);
        return operations.Add(x, operations.Linear(inner, fc2.Weight, fc2.Bias));
    }
}
