using Kinora.Tensors;

namespace Kinora.Training.Optimization;

/// <summary>How one tensor learns.</summary>
/// <param name="Name">The checkpoint's name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="LearningRate">The rate at the schedule's height.</param>
/// <param name="WeightDecay">Decay of its values; 0 for tensors of one dimension.</param>
public sealed record ParameterSettings(string Name, Shape Shape, double LearningRate, double WeightDecay)
{
    /// <summary>By what it learns; tensors of one dimension only by AdamW.</summary>
    public OptimizerKind Optimizer { get; init; }
}
