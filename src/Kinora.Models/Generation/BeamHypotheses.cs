namespace Kinora.Models.Generation;

/// <summary>The best finished texts so far, as many as there are beams.</summary>
internal sealed class BeamHypotheses(int most, double lengthPenalty, bool earlyStopping)
{
    private readonly List<BeamHypothesis> kept = [];

    /// <summary>Offers a text; the length counts the new tokens, the end token included.</summary>
    public void Add(int[] ids, float sum, int length, bool ended)
    {
        var score = Score(sum, length);
        if (kept.Count == most)
        {
            // The first of equally bad ones goes.
            var worst = kept.MinBy(hypothesis => hypothesis.Score)!;
            if (score <= worst.Score)
            {
                return;
            }

            kept.Remove(worst);
        }

        kept.Add(new BeamHypothesis(ids, score, ended));
    }

    /// <summary>
    /// Whether the search may end: there are enough texts, and (unless it ends early) the best candidate, taken at its present
    /// length, wouldn't beat the worst of them.
    /// </summary>
    public bool AreDone(float bestSum, int length)
        => kept.Count == most && (earlyStopping || kept.Min(hypothesis => hypothesis.Score) >= Score(bestSum, length));

    /// <summary>The texts, the best first; of equal ones the last found.</summary>
    public IReadOnlyList<BeamHypothesis> Best() => [.. kept.AsEnumerable().Reverse().OrderByDescending(hypothesis => hypothesis.Score)];

    private double Score(float sum, int length) => sum / Math.Pow(length, lengthPenalty);
}
