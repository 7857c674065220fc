namespace Kinora.Models.Generation;

/// <summary>A finished text of a beam search.</summary>
/// <param name="Ids">The new tokens, the end token included where there is one.</param>
/// <param name="Score">The sum of log probabilities, divided by the length to the power of the length penalty.</param>
/// <param name="Ended">Whether it came to an end token rather than to the limit.</param>
public sealed record BeamHypothesis(int[] Ids, double Score, bool Ended);
