namespace Kinora.Training.Trainers;

/// <summary>What a run is about to do.</summary>
/// <param name="TotalSteps">Optimiser steps in all.</param>
/// <param name="EpochLength">Samples of an epoch.</param>
/// <param name="LearnedValues">Values that learn.</param>
/// <param name="StoreBytes">Bytes of what learns, gradients and moments.</param>
public sealed record TrainingPlan(long TotalSteps, long EpochLength, long LearnedValues, long StoreBytes);
