namespace Kinora.Training.Recipes;

/// <summary>What is written down while training.</summary>
public sealed record LogSection
{
    /// <summary>Optimiser steps from one line of the log to the next.</summary>
    public long EverySteps { get; init; } = 1;

    /// <summary>Whether TensorBoard's event files are written beside the log.</summary>
    public bool TensorBoard { get; init; } = true;
}
