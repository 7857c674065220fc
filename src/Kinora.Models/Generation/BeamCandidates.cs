namespace Kinora.Models.Generation;

/// <summary>The best continuations of a step, over all beams, best first.</summary>
internal sealed class BeamCandidates(int most)
{
    private readonly (float Sum, int Beam, int Token)[] best = new (float, int, int)[most];

    public int Count { get; private set; }

    public (float Sum, int Beam, int Token) this[int rank] => best[rank];

    public void Clear() => Count = 0;

    /// <summary>Offers all continuations of a beam; of equal ones the first offered stays in front.</summary>
    public void Offer(int beam, float beamSum, ReadOnlySpan<float> logProbabilities)
    {
        for (var token = 0; token < logProbabilities.Length; token++)
        {
            var sum = logProbabilities[token] + beamSum;
            if (Count == most && sum <= best[most - 1].Sum)
            {
                continue;
            }

            var rank = Count < most ? Count++ : most - 1;
            for (; rank > 0 && best[rank - 1].Sum < sum; rank--)
            {
                best[rank] = best[rank - 1];
            }

            best[rank] = (sum, beam, token);
        }
    }
}
