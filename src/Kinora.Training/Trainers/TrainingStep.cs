namespace Kinora.Training.Trainers;

/// <summary>A step that was done.</summary>
public sealed record TrainingStep
{
    /// <summary>Its number; the first is 1.</summary>
    public required long Number { get; init; }

    /// <summary>What came of its samples.</summary>
    public required StepResult Result { get; init; }

    /// <summary>The learning rate at the recipe's own rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The norm of all gradients, before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Samples that were learned from.</summary>
    public required int Samples { get; init; }

    /// <summary>How far the run has gone through its data.</summary>
    public required double Epoch { get; init; }

    /// <summary>Seconds that the step took.</summary>
    public required double Seconds { get; init; }

    /// <summary>The state behind the step.</summary>
    public required TrainingState State { get; init; }
}
