using Kinora.Tensors;
using Kinora.Training.Losses;

namespace Kinora.Training.Verification;

/// <summary>Golden losses. The fused cross-entropy runs on stored logits with the identity as its head.</summary>
internal static class LossOperations
{
    private const int Ignored = -100;

    /// <summary>The values of a loss whose gradients have been put in place, or null if the operation is no loss.</summary>
    public static float[]? Run(GoldenOperation g) => g.Name switch
    {
        "cross_entropy" => [CrossEntropy(g, (label, _) => label != Ignored, shift: 0, mean: true)],
        "cross_entropy_sum" => [CrossEntropy(g, (label, _) => label != Ignored, shift: 0, mean: false)],
        "cross_entropy_shifted" => [CrossEntropy(g, (label, mask) => label != Ignored && mask != 0, shift: 1, mean: true)],
        "token_log_probability" => LogProbabilities(g),
        "dpo_loss" => [Preferences(g)],
        _ => null,
    };

    private static float CrossEntropy(GoldenOperation g, Func<int, int, bool> counts, int shift, bool mean)
    {
        var (labels, mask, tokens) = (g.Integers("labels"), g.Has("mask") ? g.Integers("mask") : null, g["logits"].Shape[1]);
        var places = Places(labels.Length, tokens, shift).Where(place => counts(labels[place + shift], mask?[place + shift] ?? 1)).ToArray();
        var factor = mean ? 1f / places.Length : 1f;
        var losses = Losses(g, places, [.. places.Select(place => labels[place + shift])], [.. places.Select(_ => factor)]);
        return (float)(losses.Sum(loss => (double)loss) * factor);
    }

    private static float[] LogProbabilities(GoldenOperation g)
    {
        var (labels, tokens, cotangent) = (g.Integers("labels"), g["logits"].Shape[1], g.Stored("y.cotangent"));
        var places = Places(labels.Length, tokens, 1).Where(place => labels[place + 1] != Ignored).ToArray();
        var losses = Losses(g, places, [.. places.Select(place => labels[place + 1])], [.. places.Select(place => -cotangent[place / tokens])]);
        var sums = new float[cotangent.Length];
        for (var i = 0; i < places.Length; i++)
        {
            sums[places[i] / tokens] -= losses[i];
        }

        return sums;
    }

    private static float Preferences(GoldenOperation g)
    {
        var (chosen, rejected) = (g["chosen"], g["rejected"]);
        var (referenceChosen, referenceRejected) = (g.Stored("reference_chosen"), g.Stored("reference_rejected"));
        var (toChosen, toRejected, sum) = (g.New(referenceChosen.Length), g.New(referenceChosen.Length), 0.0);
        for (var pair = 0; pair < referenceChosen.Length; pair++)
        {
            var (loss, _, slope) = PreferenceLoss.Of(chosen.AsSpan()[pair], rejected.AsSpan()[pair], referenceChosen[pair], referenceRejected[pair], g.Real("beta"));
            sum += loss;
            (toChosen.AsSpan()[pair], toRejected.AsSpan()[pair]) = ((float)(slope / referenceChosen.Length), (float)(-slope / referenceChosen.Length));
        }

        g.Compute.Seed(chosen, toChosen);
        g.Compute.Seed(rejected, toRejected);
        return (float)(sum / referenceChosen.Length);
    }

    private static IEnumerable<int> Places(int count, int tokens, int shift) => Enumerable.Range(0, count).Where(place => place % tokens < tokens - shift);

    private static float[] Losses(GoldenOperation g, int[] places, int[] labels, float[] factors)
    {
        var size = g["logits"].Shape.Last;
        var identity = g.New(size, size);
        for (var i = 0; i < size; i++)
        {
            identity.Row(i)[i] = 1f;
        }

        var losses = new float[places.Length];
        g.Compute.CrossEntropy(g.Compute.Embed(places, g["logits"]), identity, labels, losses, factors);
        return losses;
    }
}
