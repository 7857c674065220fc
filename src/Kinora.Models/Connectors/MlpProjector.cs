using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Models.Connectors;

/// <summary>LLaVA's connector: two linear layers with an activation between them (Liu et al. 2024).</summary>
public sealed class MlpProjector
{
    private readonly LinearLayer linear1; // [text, vision]
    private readonly LinearLayer linear2; // [text, text]
    private readonly Activation activation;

    /// <summary>Takes the connector's tensors.</summary>
    /// <param name="weights">Where from.</param>
    /// <param name="visionSize">Width of the tower's features.</param>
    /// <param name="textSize">Width of the decoder.</param>
    /// <param name="activation">The function between the layers.</param>
    /// <param name="prefix">What the names begin with: <c>multi_modal_projector.</c></param>
    /// <param name="first">The first layer's name behind that.</param>
    /// <param name="second">The second one's.</param>
    public MlpProjector(WeightLoader weights, int visionSize, int textSize, Activation activation, string prefix, string first = "linear_1", string second = "linear_2")
    {
        this.activation = activation;
        linear1 = weights.Layer(WeightPart.Connector, $"{prefix}{first}", textSize, visionSize, bias: true);
        linear2 = weights.Layer(WeightPart.Connector, $"{prefix}{second}", textSize, textSize, bias: true);
    }

    /// <summary>[rows, vision] to [rows, text]; the observer sees <c>projector_output</c>.</summary>
    public Tensor Forward(TensorOperations operations, Tensor features)
        => operations.Observe("projector_output", linear2.Forward(operations, linear1.Forward(operations, features, activation)));
}
