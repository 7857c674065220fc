namespace Kinora.Models.Describing;

/// <summary>How far a phase is.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Done">Frames, places of the sequence, or tokens done.</param>
/// <param name="Total">Of how many; for tokens the most there can be.</param>
/// <param name="Elapsed">Time since the phase began.</param>
public readonly record struct DescribeProgress(DescribePhase Phase, int Done, int Total, TimeSpan Elapsed);
