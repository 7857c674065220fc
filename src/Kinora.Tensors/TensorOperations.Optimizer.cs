using Kinora.Tensors.Operations;

namespace Kinora.Tensors;

/// <content>What an optimiser does to parameters.</content>
public sealed unsafe partial class TensorOperations
{
    /// <summary>One step of AdamW on a parameter: its values and both moments change.</summary>
    /// <param name="weights">The parameter.</param>
    /// <param name="gradients">As many values.</param>
    /// <param name="firstMoments">As many values, zeros before the first step.</param>
    /// <param name="secondMoments">As <paramref name="firstMoments"/>.</param>
    /// <param name="step">The rate and what else the step is made of.</param>
    public void AdamW(Tensor weights, Tensor gradients, Tensor firstMoments, Tensor secondMoments, in AdamWStep step)
    {
        var count = weights.Shape.Count;
        Require(gradients.Shape.Count == count && firstMoments.Shape.Count == count && secondMoments.Shape.Count == count, weights, gradients, "gradients and moments must have as many values");
        var work = new AdamWWork
        {
            Weights = weights.Floats,
            Gradients = gradients.Floats,
            FirstMoments = firstMoments.Floats,
            SecondMoments = secondMoments.Floats,
            Count = count,
            Step = step,
            KernelIndex = kernels.Index,
        };
        pool.Run(work.Chunks, ref work);
        KeepAlive(weights, gradients, firstMoments);
        KeepAlive(secondMoments);
    }

    /// <summary>The sum of the squares of all values; the same whatever the number of threads.</summary>
    public double SumOfSquares(Tensor values)
    {
        var sum = SquareSum.Run(kernels, pool, values.Floats, values.Shape.Count);
        KeepAlive(values);
        return sum;
    }
}
