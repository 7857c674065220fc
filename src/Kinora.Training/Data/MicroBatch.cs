namespace Kinora.Training.Data;

/// <summary>Samples of a step that are computed together, one behind the other without padding.</summary>
/// <param name="First">The first sample's number within the step.</param>
/// <param name="Count">How many.</param>
/// <param name="Positions">The sum of their lengths.</param>
public readonly record struct MicroBatch(int First, int Count, long Positions);
