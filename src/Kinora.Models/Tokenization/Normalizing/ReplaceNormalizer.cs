using System.Text;
using System.Text.RegularExpressions;
using Kinora.Models.Tokenization.Matching;

namespace Kinora.Models.Tokenization.Normalizing;

/// <summary>Replaces every occurrence of a pattern.</summary>
internal sealed class ReplaceNormalizer(Regex pattern, string content) : Normalizer
{
    public override SpannedText Normalize(SpannedText text)
    {
        var result = new StringBuilder(text.Text.Length);
        var matching = text.Matching is null ? null : new List<bool>(text.Text.Length);
        var done = 0;
        foreach (var match in pattern.EnumerateMatches(text.Text))
        {
            Keep(match.Index);
            result.Append(content);
            matching?.AddRange(Enumerable.Repeat(text.Matches(match.Index, match.Length), content.Length));
            done = match.Index + match.Length;
        }

        if (done == 0 && result.Length == 0)
        {
            return text;
        }

        Keep(text.Text.Length);
        return new SpannedText(result.ToString(), matching?.ToArray());

        void Keep(int stop)
        {
            result.Append(text.Text, done, stop - done);
            matching?.AddRange(text.Matching.AsSpan(done, stop - done));
        }
    }
}
