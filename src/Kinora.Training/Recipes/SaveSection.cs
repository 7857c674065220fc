namespace Kinora.Training.Recipes;

/// <summary>When checkpoints are written, and which stay.</summary>
public sealed record SaveSection
{
    /// <summary>Optimiser steps from one checkpoint to the next.</summary>
    public long EverySteps { get; init; } = 100;

    /// <summary>So many of the newest stay.</summary>
    public int KeepLast { get; init; } = 2;

    /// <summary>Whether the one with the best validation stays too.</summary>
    public bool KeepBest { get; init; } = true;
}
