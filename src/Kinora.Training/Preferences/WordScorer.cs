namespace Kinora.Training.Preferences;

/// <summary>
/// Compares descriptions by their content words: half of the score are the words, half the pairs of words in their order, so that events told in the wrong order cost something
/// (after ROUGE-1 and ROUGE-S, Lin 2004). A stand-in for AutoDQ, which lets a language model compare events (arXiv 2407.00634): it knows no synonyms and no negation, and only English endings.
/// </summary>
public sealed class WordScorer : IDescriptionScorer
{
    // A few sentences: far enough to see events that changed places, near enough to stay linear in the length of a text.
    private const int Reach = 40;

    /// <inheritdoc/>
    public string Name => "words";

    /// <inheritdoc/>
    public ValueTask<DescriptionScore> ScoreAsync(string candidate, string reference, CancellationToken cancellation = default) => ValueTask.FromResult(Score(candidate, reference));

    /// <summary>Compares two texts. A text without any content word scores 0.</summary>
    /// <param name="candidate">What a model wrote.</param>
    /// <param name="reference">What the human wrote.</param>
    public static DescriptionScore Score(string candidate, string reference)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(reference);
        var (found, wanted) = (ContentWords.Of(candidate), ContentWords.Of(reference));
        var words = found.CountBy(word => word).ToDictionary();
        var common = wanted.CountBy(word => word).Sum(word => Math.Min(word.Value, words.GetValueOrDefault(word.Key)));
        var (foundPairs, wantedPairs) = (Pairs(found), Pairs(wanted));
        var commonPairs = wantedPairs.Count(foundPairs.Contains);
        return new(Share(common, wanted.Count, commonPairs, wantedPairs.Count), Share(common, found.Count, commonPairs, foundPairs.Count));
    }

    private static double Share(int common, int words, int commonPairs, int pairs)
        => words == 0 ? 0 : pairs == 0 ? (double)common / words : (((double)common / words) + ((double)commonPairs / pairs)) / 2;

    private static HashSet<(string, string)> Pairs(List<string> words)
    {
        var pairs = new HashSet<(string, string)>();
        for (var first = 0; first < words.Count; first++)
        {
            for (var second = first + 1; second < Math.Min(words.Count, first + 1 + Reach); second++)
            {
                if (words[first] != words[second])
                {
                    pairs.Add((words[first], words[second]));
                }
            }
        }

        return pairs;
    }
}
