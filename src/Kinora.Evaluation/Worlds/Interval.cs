namespace Kinora.Evaluation.Worlds;

/// <summary>A range that holds the true value in 95 of 100 such samples.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct Interval(double Low, double High);
