using Kinora.Toybox.Judging;
using Kinora.Toybox.Language;
using Kinora.Toybox.World;

namespace Kinora.Evaluation.Worlds;

/// <summary>What a model said about one clip of the world.</summary>
/// <param name="Plan">The clip.</param>
/// <param name="Text">The description.</param>
/// <param name="Questions">Questions and answers.</param>
public sealed record ClipResult(ClipPlan Plan, string Text, IReadOnlyList<QuestionResult> Questions)
{
    /// <summary>How the description agrees with what happened.</summary>
    public ClipScore Score { get; } = ClipScore.Of(ClipFacts.Of(Plan).Select(fact => fact.Fact), Text);
}
