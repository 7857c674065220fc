using Kinora.Models.Vision;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Connectors;

/// <summary>Qwen2-VL's connector: the patches of a square are normalised, put side by side, and two linear layers make one token of them.</summary>
public sealed class PatchMerger
{
    private readonly (Tensor Weight, Tensor Bias) norm; // [embed]
    private readonly LinearLayer linear1; // [merge^2 * embed, merge^2 * embed]
    private readonly LinearLayer linear2; // [hidden, merge^2 * embed]
    private readonly int width;

    /// <summary>Takes the connector's tensors.</summary>
    /// <param name="weights">Where from.</param>
    /// <param name="config">The tower's sizes.</param>
    /// <param name="prefix">What the names begin with: <c>visual.merger.</c></param>
    public PatchMerger(WeightLoader weights, Qwen2VisionConfig config, string prefix)
    {
        width = checked(config.MergeSize * config.MergeSize * config.EmbedSize);
        norm = (weights.Vector(WeightPart.Connector, $"{prefix}ln_q.weight", config.EmbedSize), weights.Vector(WeightPart.Connector, $"{prefix}ln_q.bias", config.EmbedSize));
        linear1 = weights.Layer(WeightPart.Connector, $"{prefix}mlp.0", width, width, bias: true);
        linear2 = weights.Layer(WeightPart.Connector, $"{prefix}mlp.2", config.OutputSize, width, bias: true);
    }

    /// <summary>[patches, embed], those of a token one behind the other, to [tokens, hidden].</summary>
    public Tensor Forward(TensorOperations operations, Tensor features)
    {
        var normal = operations.LayerNorm(features, norm.Weight, norm.Bias, Qwen2VisionConfig.NormEpsilon);
        var squares = operations.Reshape(normal, new Shape(checked((int)(normal.Shape.Count / width)), width));
        return operations.Observe("connector_output", linear2.Forward(operations, linear1.Forward(operations, squares, Activation.Gelu)));
    }
}
