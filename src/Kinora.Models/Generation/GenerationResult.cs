namespace Kinora.Models.Generation;

/// <summary>An answer.</summary>
/// <param name="Text">The text without special tokens, cut at a stop string.</param>
/// <param name="Ids">The ids written, the end mark included.</param>
/// <param name="Finish">Why it ends.</param>
/// <param name="Beams">With beam search, all kept hypotheses, best first; otherwise the one answer.</param>
public sealed record GenerationResult(string Text, IReadOnlyList<int> Ids, FinishReason Finish, IReadOnlyList<(IReadOnlyList<int> Ids, double Score)> Beams);
