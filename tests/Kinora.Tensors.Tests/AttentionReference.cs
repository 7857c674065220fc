namespace Kinora.Tensors.Tests;

/// <summary>Attention over packed sequences in double precision, by its definition: forward and backward.</summary>
internal sealed record AttentionReference(int[] Starts, int Heads, int KeyHeads, int Size, bool Causal)
{
    public (double[] Output, double[] LogSums) Forward(double[] query, double[] key, double[] value)
    {
        var output = new double[query.Length];
        var logSums = new double[Starts[^1] * Heads];
        Each((row, head, first, visible) =>
        {
            var (weights, logSum) = Weights(query, key, row, head, first, visible);
            logSums[(row * Heads) + head] = logSum;
            for (var s = 0; s < visible; s++)
            {
                for (var i = 0; i < Size; i++)
                {
                    output[Query(row, head) + i] += weights[s] * value[Key(first + s, head) + i];
                }
            }
        });
        return (output, logSums);
    }

    /// <summary>The gradients of the sum of output * outputGradient.</summary>
    public (double[] Query, double[] Key, double[] Value) Backward(double[] query, double[] key, double[] value, double[] outputGradient)
    {
        var (dq, dk, dv) = (new double[query.Length], new double[key.Length], new double[value.Length]);
        Each((row, head, first, visible) =>
        {
            var (weights, _) = Weights(query, key, row, head, first, visible);
            var weightGradients = new double[visible];
            for (var s = 0; s < visible; s++)
            {
                for (var i = 0; i < Size; i++)
                {
                    dv[Key(first + s, head) + i] += weights[s] * outputGradient[Query(row, head) + i];
                    weightGradients[s] += outputGradient[Query(row, head) + i] * value[Key(first + s, head) + i];
                }
            }

            var mean = weights.Zip(weightGradients, (weight, gradient) => weight * gradient).Sum();
            for (var s = 0; s < visible; s++)
            {
                var scoreGradient = weights[s] * (weightGradients[s] - mean) / Math.Sqrt(Size);
                for (var i = 0; i < Size; i++)
                {
                    dq[Query(row, head) + i] += scoreGradient * key[Key(first + s, head) + i];
                    dk[Key(first + s, head) + i] += scoreGradient * query[Query(row, head) + i];
                }
            }
        });
        return (dq, dk, dv);
    }

    private int Query(int row, int head) => ((row * Heads) + head) * Size;

    private int Key(int row, int head) => ((row * KeyHeads) + (head / (Heads / KeyHeads))) * Size;

    private void Each(Action<int, int, int, int> visit)
    {
        for (var sequence = 0; sequence + 1 < Starts.Length; sequence++)
        {
            for (var row = Starts[sequence]; row < Starts[sequence + 1]; row++)
            {
                for (var head = 0; head < Heads; head++)
                {
                    visit(row, head, Starts[sequence], (Causal ? row + 1 : Starts[sequence + 1]) - Starts[sequence]);
                }
            }
        }
    }

    private (double[] Weights, double LogSum) Weights(double[] query, double[] key, int row, int head, int first, int visible)
    {
        var scores = new double[visible];
        for (var s = 0; s < visible; s++)
        {
            for (var i = 0; i < Size; i++)
            {
                scores[s] += query[Query(row, head) + i] * key[Key(first + s, head) + i] / Math.Sqrt(Size);
            }
        }

        var largest = scores.Max();
        var logSum = largest + Math.Log(scores.Sum(score => Math.Exp(score - largest)));
        return ([.. scores.Select(score => Math.Exp(score - logSum))], logSum);
    }
}
