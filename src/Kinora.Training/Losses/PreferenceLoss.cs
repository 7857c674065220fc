namespace Kinora.Training.Losses;

/// <summary>
/// Direct preference optimisation (Rafailov et al. 2023): -log sigmoid(beta ((chosen - rejected) - (reference chosen - reference
/// rejected))), over log-probabilities that are summed over an answer, its end mark included.
/// </summary>
public static class PreferenceLoss
{
    /// <summary>The loss of one pair and its slopes.</summary>
    /// <param name="chosen">The policy's log-probability of the better answer.</param>
    /// <param name="rejected">Of the worse answer.</param>
    /// <param name="referenceChosen">The reference's log-probability of the better answer.</param>
    /// <param name="referenceRejected">Of the worse answer.</param>
    /// <param name="beta">How strongly the policy is held to the reference; the smaller the freer.</param>
    /// <returns>The loss; the margin beta ((chosen - reference chosen) - (rejected - reference rejected)); the loss's slope with respect to
    /// <paramref name="chosen"/>, the negative of that with respect to <paramref name="rejected"/>.</returns>
    public static (double Loss, double Margin, double Slope) Of(double chosen, double rejected, double referenceChosen, double referenceRejected, double beta)
    {
        var margin = beta * ((chosen - rejected) - (referenceChosen - referenceRejected));
        var loss = Math.Max(-margin, 0) + Math.Log(1 + Math.Exp(-Math.Abs(margin)));
        return (loss, margin, -beta / (1 + Math.Exp(margin)));
    }
}
