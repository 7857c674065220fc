namespace Kinora.Tensors;

/// <summary>A matrix that Muon steps: the first axis are its rows, all others together its columns.</summary>
/// <param name="Weights">The parameter.</param>
/// <param name="Gradients">As many values.</param>
/// <param name="Momentum">As many values, zeros before the first step.</param>
/// <param name="Rate">The learning rate.</param>
/// <param name="WeightDecay">The decay, taken off before the update and apart from the gradient.</param>
public readonly record struct MuonMatrix(Tensor Weights, Tensor Gradients, Tensor Momentum, float Rate, float WeightDecay);
