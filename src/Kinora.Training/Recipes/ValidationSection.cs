namespace Kinora.Training.Recipes;

/// <summary>What is held back to see how well the model does.</summary>
public sealed record ValidationSection
{
    /// <summary>The files; none: no validation.</summary>
    public IReadOnlyList<DataSource> Data { get; init; } = [];

    /// <summary>Optimiser steps from one validation to the next.</summary>
    public long EverySteps { get; init; } = 100;
}
