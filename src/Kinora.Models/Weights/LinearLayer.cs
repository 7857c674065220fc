using Kinora.Models.Adapters;
using Kinora.Tensors;

namespace Kinora.Models.Weights;

/// <summary>A linear layer of a model, with the adapters that were attached to it.</summary>
public sealed class LinearLayer
{
    private readonly List<LowRankUpdate> adapters = [];

    /// <summary>Puts a layer together.</summary>
    /// <param name="name">The checkpoint's name for it, without <c>.weight</c>.</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    public LinearLayer(string name, Tensor weight, Tensor? bias) => (Name, Weight, Bias) = (name, weight, bias);

    /// <summary>The checkpoint's name, without <c>.weight</c>.</summary>
    public string Name { get; }

    /// <summary>[outputs, inputs].</summary>
    public Tensor Weight { get; private set; }

    /// <summary>[outputs], or null.</summary>
    public Tensor? Bias { get; private set; }

    /// <summary>What is added to the product.</summary>
    public IReadOnlyList<LowRankUpdate> Adapters => adapters;

    /// <summary>Adds an adapter to those there are.</summary>
    /// <exception cref="ArgumentException">Its sizes aren't the layer's.</exception>
    public void Attach(LowRankUpdate adapter)
    {
        if (adapter.Down.Shape.Last != Weight.Shape.Last || adapter.Up.Shape.Rows != Weight.Shape.Rows)
        {
            throw new ArgumentException($"An adapter from {adapter.Down.Shape.Last} to {adapter.Up.Shape.Rows} values doesn't fit the layer {Name} of shape {Weight.Shape}.", nameof(adapter));
        }

        adapters.Add(adapter);
    }

    /// <summary>Takes an adapter away again.</summary>
    public void Detach(LowRankUpdate adapter) => adapters.Remove(adapter);

    /// <summary>Puts other values in the place of the layer's own.</summary>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public void Replace(Tensor weight, Tensor? bias)
    {
        if (weight.Shape != Weight.Shape || bias?.Shape.Count != Bias?.Shape.Count)
        {
            throw new ArgumentException($"A weight of shape {weight.Shape} can't take the place of the layer {Name}'s of shape {Weight.Shape}.", nameof(weight));
        }

        (Weight, Bias) = (weight, bias);
    }

    /// <summary>activation(x weight^T + bias + what adapters add).</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="activation">Applied to the result.</param>
    /// <param name="pictures">The rows that adapters for pictures add something to; null: none.</param>
    /// <returns>[rows, outputs].</returns>
    public Tensor Forward(TensorOperations operations, Tensor x, Activation activation = Activation.None, IReadOnlyList<RowSpan>? pictures = null)
    {
        if (adapters.Count == 0)
        {
            return operations.Linear(x, Weight, Bias, activation);
        }

        var y = operations.Linear(x, Weight, Bias);
        foreach (var adapter in adapters)
        {
            y = adapter.AddTo(operations, y, x, pictures);
        }

        return activation == Activation.None ? y : operations.Activate(y, activation);
    }
}
