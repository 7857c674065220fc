using Kinora.Models.Weights;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;

namespace Kinora.Models.Vision;

/// <summary>One block of Qwen2-VL's tower: attention within a step of time, with positions on the grid, then an MLP, each after a LayerNorm and added to the stream.</summary>
public sealed class Qwen2VisionBlock : IRecomputable
{
    private readonly Qwen2VisionConfig config;
    private readonly (Tensor Weight, Tensor Bias) norm1;
    private readonly (Tensor Weight, Tensor Bias) norm2;
    private readonly LinearLayer qkv; // [3 * embed, embed]
    private readonly LinearLayer projection; // [embed, embed]
    private readonly LinearLayer fc1; // [inner, embed]
    private readonly LinearLayer fc2; // [embed, inner]

    /// <summary>Takes the block's tensors.</summary>
    /// <param name="weights">Where from.</param>
    /// <param name="config">The tower's sizes.</param>
    /// <param name="prefix">What the names begin with, with a dot at its end: <c>visual.blocks.0.</c></param>
    public Qwen2VisionBlock(WeightLoader weights, Qwen2VisionConfig config, string prefix)
    {
        this.config = config;
        var (embed, inner) = (config.EmbedSize, config.InnerSize);
        norm1 = Norm("norm1");
        norm2 = Norm("norm2");
        qkv = Layer("attn.qkv", 3 * embed, embed);
        projection = Layer("attn.proj", embed, embed);
        fc1 = Layer("mlp.fc1", inner, embed);
        fc2 = Layer("mlp.fc2", embed, inner);

        (Tensor, Tensor) Norm(string name) => (weights.Vector(WeightPart.Tower, $"{prefix}{name}.weight", embed), weights.Vector(WeightPart.Tower, $"{prefix}{name}.bias", embed));

        LinearLayer Layer(string name, int outputs, int inputs) => weights.Layer(WeightPart.Tower, $"{prefix}{name}", outputs, inputs, bias: true);
    }

    /// <summary>Runs the block.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="x">[patches, embed]; changed in place.</param>
    /// <param name="sequences">The steps of time, which don't see each other, with the angles of the patches.</param>
    /// <returns>The stream after the block.</returns>
    public Tensor Forward(TensorOperations operations, Tensor x, Sequences sequences)
    {
        using var frame = operations.Begin();
        var (embed, cosines, sines) = (config.EmbedSize, sequences.Cosines!, sequences.Sines!);
        var mixed = qkv.Forward(operations, operations.LayerNorm(x, norm1.Weight, norm1.Bias, Qwen2VisionConfig.NormEpsilon));
        var attended = operations.Attention(
            operations.Rotate(operations.Columns(mixed, 0, embed), cosines, sines),
            operations.Rotate(operations.Columns(mixed, embed, embed), cosines, sines),
            operations.Columns(mixed, 2 * embed, embed),
            config.Heads,
            config.Heads,
            sequences);
        x = operations.Add(x, projection.Forward(operations, attended));
        var inner = fc1.Forward(operations, operations.LayerNorm(x, norm2.Weight, norm2.Bias, Qwen2VisionConfig.NormEpsilon), config.Activation);
        return operations.Add(x, fc2.Forward(operations, inner));
    }
}
