using Kinora.Training.Optimization;

namespace Kinora.Training.Recipes;

/// <summary>The numbers of AdamW (Loshchilov and Hutter 2019) and Muon (Jordan et al. 2024).</summary>
public sealed record OptimizerSection
{
    /// <summary>The rate at the schedule's height of what has none of its own.</summary>
    public double LearningRate { get; init; } = 2e-5;

    /// <summary>How long the mean of gradients remembers.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How long the mean of squares remembers.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean square.</summary>
    public double Eps { get; init; } = 1e-8;

    /// <summary>Decoupled decay of what has none of its own; norms and biases never decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>How long Muon's sum of gradients remembers.</summary>
    public double Momentum { get; init; } = 0.95;

    /// <summary>The largest norm of all gradients together; null: any.</summary>
    public double? MaxGradNorm { get; init; } = 1;

    /// <summary>The same for the optimiser.</summary>
    public OptimizerSettings Settings => new() { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Eps, Momentum = Momentum, MaxGradientNorm = MaxGradNorm };
}
