using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Kinora.Models.Tokenization.Matching;

namespace Kinora.Models.Tokenization.Normalizing;

/// <summary>Replaces every occurrence of a pattern.</summary>
/// <param name="pattern">The pattern; its time-out holds for each match alone.</param>
/// <param name="content">What takes its place.</param>
/// <param name="path">The file it comes from, for errors.</param>
internal sealed class ReplaceNormalizer(Regex pattern, string content, string path) : Normalizer
{
    // Steps that each lengthen what the one before gave would multiply without end.
    private const int MostGrowth = 16 << 20;

    public override SpannedText Normalize(SpannedText text)
    {
        try
        {
            return Replace(text);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw TooSlow(error);
        }
    }

    private SpannedText Replace(SpannedText text)
    {
        var result = new StringBuilder(text.Text.Length);
        var matching = text.Matching is null ? null : new List<bool>(text.Text.Length);
        var done = 0;
        var clock = Stopwatch.StartNew();
        foreach (var match in pattern.EnumerateMatches(text.Text))
        {
            Keep(match.Index);
            result.Append(content);
            matching?.AddRange(Enumerable.Repeat(text.Matches(match.Index, match.Length), content.Length));
            done = match.Index + match.Length;
            if (result.Length - done > MostGrowth)
            {
                throw new TokenizerException(path, $"its normalizer makes more than {MostGrowth} characters of {text.Text.Length}; expected one that keeps texts about as long as they are");
            }

            if (pattern.MatchTimeout != Regex.InfiniteMatchTimeout && clock.Elapsed > pattern.MatchTimeout)
            {
                throw TooSlow(null);
            }
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

    private TokenizerException TooSlow(Exception? error)
        => new(path, $"the normalizer's pattern {Quotation.Of(pattern.ToString())} takes more than {pattern.MatchTimeout.TotalSeconds} seconds on a text; expected one without endless backtracking", error);
}
