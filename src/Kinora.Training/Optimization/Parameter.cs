using Kinora.Tensors;

namespace Kinora.Training.Optimization;

/// <summary>A tensor that learns, with what the optimiser keeps of it.</summary>
public sealed class Parameter
{
    internal Parameter(ParameterSettings settings, Tensor weights, Tensor gradients, Tensor firstMoments, Tensor secondMoments)
        => (Settings, Weights, Gradients, FirstMoments, SecondMoments) = (settings, weights, gradients, firstMoments, secondMoments);

    /// <summary>Name, shape, rate and decay.</summary>
    public ParameterSettings Settings { get; }

    /// <summary>The values.</summary>
    public Tensor Weights { get; }

    /// <summary>Where going back sums the gradient up; only valid where <see cref="Tensor.Gradient"/> of <see cref="Weights"/> isn't null.</summary>
    public Tensor Gradients { get; }

    /// <summary>The running mean of the gradients; under Muon their running sum.</summary>
    public Tensor FirstMoments { get; }

    /// <summary>The running mean of their squares; zeros under Muon, which has no use for it.</summary>
    public Tensor SecondMoments { get; }

    /// <summary>Steps in which there was a gradient: without one the optimiser leaves a parameter alone, its decay included.</summary>
    public long Steps { get; set; }
}
