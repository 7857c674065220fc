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

    /// <summary>The first layer and the activation, [rows, vision] to [rows, text]. What averages rows may stand between the two layers: the second one has nothing but sums.</summary>
    public Tensor Begin(TensorOperations operations, Tensor features) => linear1.Forward(operations, features, activation);

    /// <summary>The second layer, [rows, text].</summary>
    public Tensor End(TensorOperations operations, Tensor inner) => linear2.Forward(operations, inner);

    /// <summary>[rows, vision] to [rows, text]; the observer sees <c>projector_output</c>.</summary>
    public Tensor Forward(TensorOperations operations, Tensor features)
        => operations.Observe("projector_output", End(operations, Begin(operations, features)));
}
