using Kinora.Models.Tokenization.Matching;

namespace Kinora.Models.Tokenization.Normalizing;

/// <summary>Unicode normalisation form C.</summary>
internal sealed class ComposingNormalizer : Normalizer
{
    public override SpannedText Normalize(SpannedText text)
    {
        if (text.Matching is not { } old)
        {
            return text with { Text = CanonicalComposition.Compose(text.Text) };
        }

        // The map of changed units is only needed where spans differ.
        var flags = new List<bool>(old.Length);
        var composed = CanonicalComposition.Compose(text.Text, (start, length, made) => flags.AddRange(Enumerable.Repeat(text.Matches(start, length), made)));
        return new SpannedText(composed, [.. flags]);
    }
}
