namespace Kinora.Models.Tests.Families;

/// <summary>What transformers are made of, from the papers alone: straight loops in double precision over [rows][values].</summary>
internal sealed class PlainLayers(IReadOnlyDictionary<string, double[]> weights)
{
    public double[][] Linear(double[][] x, string name, bool hasBias)
    {
        var weight = weights[name + ".weight"];
        var bias = hasBias ? weights[name + ".bias"] : null;
        return [.. x.Select(row =>
        {
            var y = new double[weight.Length / row.Length];
            for (var output = 0; output < y.Length; output++)
            {
                y[output] = bias?[output] ?? 0;
                for (var i = 0; i < row.Length; i++)
                {
                    y[output] += row[i] * weight[(output * row.Length) + i];
                }
            }

            return y;
        })];
    }

    public double[][] LayerNorm(double[][] x, string name, double epsilon)
    {
        var (weight, bias) = (weights[name + ".weight"], weights[name + ".bias"]);
        return [.. x.Select(row =>
        {
            var mean = row.Average();
            var variance = row.Average(value => (value - mean) * (value - mean));
            return row.Select((value, i) => ((value - mean) / Math.Sqrt(variance + epsilon) * weight[i]) + bias[i]).ToArray();
        })];
    }

    public double[][] RmsNorm(double[][] x, string name, double epsilon)
        => [.. x.Select(row =>
        {
            var meanSquare = row.Average(value => value * value);
            return row.Select((value, i) => value / Math.Sqrt(meanSquare + epsilon) * weights[name][i]).ToArray();
        })];

    /// <summary>Value i of each head turns with value i + headSize / 2 by an angle of the row's own.</summary>
    public static double[][] Rotate(double[][] x, int heads, Func<int, int, double> angleOfRowAndPair)
        => [.. x.Select((row, r) =>
        {
            var (turned, size) = (new double[row.Length], row.Length / heads);
            for (var head = 0; head < heads; head++)
            {
                for (var i = 0; i < size / 2; i++)
                {
                    var angle = angleOfRowAndPair(r, i);
                    var (first, second) = (row[(head * size) + i], row[(head * size) + (size / 2) + i]);
                    turned[(head * size) + i] = (first * Math.Cos(angle)) - (second * Math.Sin(angle));
                    turned[(head * size) + (size / 2) + i] = (second * Math.Cos(angle)) + (first * Math.Sin(angle));
                }
            }

            return turned;
        })];

    public static double[][] Attention(double[][] q, double[][] k, double[][] v, int heads, int keyValueHeads, bool causal)
    {
        var size = q[0].Length / heads;
        var result = q.Select(row => new double[row.Length]).ToArray();
        for (var head = 0; head < heads; head++)
        {
            var (from, keyFrom) = (head * size, head / (heads / keyValueHeads) * size);
            for (var query = 0; query < q.Length; query++)
            {
                var scores = new double[causal ? query + 1 : k.Length];
                for (var key = 0; key < scores.Length; key++)
                {
                    for (var i = 0; i < size; i++)
                    {
                        scores[key] += q[query][from + i] * k[key][keyFrom + i] / Math.Sqrt(size);
                    }
                }

                var largest = scores.Max();
                var sum = scores.Sum(score => Math.Exp(score - largest));
                for (var key = 0; key < scores.Length; key++)
                {
                    for (var i = 0; i < size; i++)
                    {
                        result[query][from + i] += Math.Exp(scores[key] - largest) / sum * v[key][keyFrom + i];
                    }
                }
            }
        }

        return result;
    }

    public static double[][] Sum(double[][] left, double[][] right) => [.. left.Zip(right, (a, b) => a.Zip(b, (x, y) => x + y).ToArray())];

    public static double[][] Product(double[][] left, double[][] right) => [.. left.Zip(right, (a, b) => a.Zip(b, (x, y) => x * y).ToArray())];

    public static double[][] Apply(double[][] x, string activation) => [.. x.Select(row => row.Select(value => activation switch
    {
        "gelu" => value / 2 * (1 + Erf(value / Math.Sqrt(2))),
        "gelu_new" or "gelu_pytorch_tanh" => value / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (value + (0.044715 * value * value * value)))),
        "quick_gelu" => value / (1 + Math.Exp(-1.702 * value)),
        "silu" => value / (1 + Math.Exp(-value)),
        _ => throw new ArgumentException(activation),
    }).ToArray())];

    /// <summary>erf(x) = 2 / sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1)); all terms have one sign, so nothing cancels.</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
        {
            return Math.Sign(x);
        }

        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
