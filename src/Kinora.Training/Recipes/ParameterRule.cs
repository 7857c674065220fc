using Kinora.Training.Optimization;

namespace Kinora.Training.Recipes;

/// <summary>How a part of the model learns.</summary>
/// <param name="Parameters">A pattern of parameter names as the checkpoint has them; <c>*</c> stands for any characters.</param>
public sealed record ParameterRule(string Parameters)
{
    /// <summary>By what it learns: under Muon its matrices, while its vectors keep AdamW.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>The rate at the schedule's height; null: the optimiser's.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The decay of tensors with more than one dimension; null: the optimiser's.</summary>
    public double? WeightDecay { get; init; }
}
