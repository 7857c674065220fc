namespace Kinora.Training.Runs;

/// <summary>A checkpoint whose files are all as they were written.</summary>
/// <param name="Step">Optimiser steps that were done.</param>
/// <param name="Directory">Where its files are.</param>
public sealed record SavedCheckpoint(long Step, string Directory);
