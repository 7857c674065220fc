using Kinora.Models.Tokenization.Matching;

namespace Kinora.Models.Tokenization.Normalizing;

/// <summary>One normaliser after the other.</summary>
internal sealed class SequenceNormalizer(IReadOnlyList<Normalizer> steps) : Normalizer
{
    public override SpannedText Normalize(SpannedText text) => steps.Aggregate(text, (current, step) => step.Normalize(current));
}
