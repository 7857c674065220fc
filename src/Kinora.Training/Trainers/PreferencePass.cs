using Kinora.Models.Families;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Training.Losses;

namespace Kinora.Training.Trainers;

/// <summary>The way from preference pairs to their loss. Row i of a batch is the better answer of pair i, row pairs + i its worse one.</summary>
public sealed class PreferencePass(VisionLanguageModel model, TensorOperations operations)
{
    private readonly LossPass pass = new(model, operations);

    /// <summary>The log-probability of each row's answer, summed over its tokens; nothing is recorded.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="pictures">Their pictures.</param>
    /// <param name="copies">As in <see cref="LossPass.Forward"/>.</param>
    public double[] LogProbabilities(PackedBatch batch, BatchPictures pictures, int copies = 1)
    {
        using var frame = operations.Begin();
        return Sums(batch, pass.Forward(batch, pictures, copies));
    }

    /// <summary>The loss of pairs, whose gradient goes to what learns.</summary>
    /// <param name="tape">Where to record.</param>
    /// <param name="batch">2 * pairs rows.</param>
    /// <param name="pictures">The pictures of all rows in order.</param>
    /// <param name="reference">The reference's log-probability of each row.</param>
    /// <param name="beta">How strongly the policy is held to the reference.</param>
    /// <param name="divisor">Pairs that the mean is taken over: those of all micro-batches of a step.</param>
    /// <param name="copies">As in <see cref="LossPass.Forward"/>.</param>
    public PreferenceResult Record(Tape tape, PackedBatch batch, BatchPictures pictures, IReadOnlyList<double> reference, double beta, int divisor, int copies = 1)
    {
        using var recording = operations.Record(tape);
        var hidden = pass.Forward(batch, pictures, copies);
        var policy = Sums(batch, hidden);
        var result = Judge(policy, reference, beta, divisor);
        // The head's losses are negative log-probabilities.
        var (losses, factors) = (new float[batch.Rows.Length], new float[batch.Rows.Length]);
        for (var row = 0; row < factors.Length; row++)
        {
            factors[row] = (float)-result.Slopes[batch.Samples[row]];
        }

        pass.Losses(batch, hidden, losses, factors);
        recording.Backward();
        return result;
    }

    /// <summary>The loss of pairs whose log-probabilities are known.</summary>
    /// <param name="policy">Of each row.</param>
    /// <param name="reference">The reference's of each row.</param>
    /// <param name="beta">How strongly the policy is held to the reference.</param>
    /// <param name="divisor">Pairs that the mean is taken over.</param>
    public static PreferenceResult Judge(double[] policy, IReadOnlyList<double> reference, double beta, int divisor)
    {
        var pairs = policy.Length / 2;
        var (loss, margins, slopes) = (0.0, new double[pairs], new double[policy.Length]);
        for (var pair = 0; pair < pairs; pair++)
        {
            var result = PreferenceLoss.Of(policy[pair], policy[pairs + pair], reference[pair], reference[pairs + pair], beta);
            loss += result.Loss / divisor;
            margins[pair] = result.Margin;
            (slopes[pair], slopes[pairs + pair]) = (result.Slope / divisor, -result.Slope / divisor);
        }

        return new(loss, policy, margins, slopes);
    }

    private double[] Sums(PackedBatch batch, Tensor hidden)
    {
        var losses = new float[batch.Rows.Length];
        pass.Losses(batch, hidden, losses);
        var sums = new double[batch.Lengths.Length];
        for (var row = 0; row < losses.Length; row++)
        {
            sums[batch.Samples[row]] -= losses[row];
        }

        return sums;
    }
}
