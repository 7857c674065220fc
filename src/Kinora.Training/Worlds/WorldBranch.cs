using Kinora.Toybox.Instructions;

namespace Kinora.Training.Worlds;

/// <summary>A conversation behind the frames.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Ids">Question, answer and end.</param>
/// <param name="Labels">The ids that are learned, else <see cref="Data.EncodedSample.Ignored"/>.</param>
/// <param name="Weight">What each of its learned tokens counts.</param>
public sealed record WorldBranch(InstructionKind Kind, int[] Ids, int[] Labels, float Weight);
