using Kinora.Tensors.Operations;

namespace Kinora.Tensors;

/// <content>What an optimiser does to parameters.</content>
public sealed unsafe partial class TensorOperations
{
    /// <summary>A larger matrix is given all threads: its products are long enough, and buffers of several such would add up.</summary>
    private const long MostValuesOfOneThread = 1 << 20;

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

    /// <summary>One step of Muon on matrices: their values and momenta change. Many small matrices are stepped at once, each by one thread; a large one has all threads.</summary>
    /// <param name="matrices">What to step; the order decides nothing but how evenly threads finish: large ones first.</param>
    /// <param name="step">What the step is made of.</param>
    public void Muon(ReadOnlySpan<MuonMatrix> matrices, in MuonStep step)
    {
        using var frame = Begin();
        var list = Take(new Shape(matrices.Length, (sizeof(MuonWork.Item) + sizeof(float) - 1) / sizeof(float)));
        var (work, small) = (new MuonWork { Items = (MuonWork.Item*)list.Floats, Step = step, KernelIndex = kernels.Index }, 0);
        foreach (var matrix in matrices)
        {
            var (shape, count) = (matrix.Weights.Shape, matrix.Weights.Shape.Count);
            Require(shape.Rank >= 2 && count is > 0 and <= int.MaxValue, matrix.Weights, matrix.Gradients, "Muon steps matrices of at least one and at most 2^31 values");
            Require(matrix.Gradients.Shape.Count == count && matrix.Momentum.Shape.Count == count, matrix.Weights, matrix.Gradients, "gradients and momentum must have as many values");
            var item = new MuonWork.Item
            {
                Weights = matrix.Weights.Floats,
                Gradients = matrix.Gradients.Floats,
                Momentum = matrix.Momentum.Floats,
                Rows = shape[0],
                Columns = (int)(count / shape[0]),
                Rate = matrix.Rate,
                WeightDecay = matrix.WeightDecay,
            };
            Flops += NewtonSchulz.Flops(item.Rows, item.Columns);
            if (count > MostValuesOfOneThread)
            {
                work.Run(pool, item);
            }
            else
            {
                work.Items[small++] = item;
            }
        }

        pool.Run(small, ref work);
        foreach (var matrix in matrices)
        {
            KeepAlive(matrix.Weights, matrix.Gradients, matrix.Momentum);
        }
    }

    /// <summary>The sum of the squares of all values; the same whatever the number of threads.</summary>
    public double SumOfSquares(Tensor values)
    {
        var sum = SquareSum.Run(kernels, pool, values.Floats, values.Shape.Count);
        KeepAlive(values);
        return sum;
    }
}
