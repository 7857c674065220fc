using Kinora.Models.Tokenization.Matching;

namespace Kinora.Models.Tokenization.Normalizing;

/// <summary>Puts a mark in front of text that isn't empty.</summary>
internal sealed class PrependNormalizer(string mark) : Normalizer
{
    public override SpannedText Normalize(SpannedText text)
    {
        if (text.Text.Length == 0)
        {
            return text;
        }

        bool[]? matching = null;
        if (text.Matching is not null)
        {
            matching = new bool[mark.Length + text.Matching.Length];
            matching.AsSpan(0, mark.Length).Fill(text.Matching[0]);
            text.Matching.CopyTo(matching, mark.Length);
        }

        return new SpannedText(mark + text.Text, matching);
    }
}
