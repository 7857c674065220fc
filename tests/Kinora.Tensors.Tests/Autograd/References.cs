namespace Kinora.Tensors.Tests.Autograd;

/// <summary>Operations in double precision, by their definitions alone.</summary>
internal static class References
{
    public static double Activate(Activation activation, double x) => activation switch
    {
        Activation.Gelu => x * Normal(x),
        Activation.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        Activation.QuickGelu => x / (1 + Math.Exp(-1.702 * x)),
        Activation.Silu => x / (1 + Math.Exp(-x)),
        _ => x,
    };

    public static double Apply(PointFunction function, double x) => function switch
    {
        PointFunction.Tanh => Math.Tanh(x),
        PointFunction.Sigmoid => 1 / (1 + Math.Exp(-x)),
        PointFunction.LogSigmoid => -Math.Log(1 + Math.Exp(-x)),
        PointFunction.Exp => Math.Exp(x),
        PointFunction.Square => x * x,
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };

    public static double[] Linear(double[][] v, int width, Activation activation)
        => [.. from x in v[0].Chunk(width)
               from output in Enumerable.Range(0, v[2].Length)
               select Activate(activation, v[2][output] + x.Select((value, i) => value * v[1][(output * width) + i]).Sum())];

    public static double[] LayerNorm(double[][] v, double epsilon) => [.. v[0].Chunk(v[1].Length).SelectMany(row =>
    {
        var mean = row.Average();
        var deviation = Math.Sqrt(row.Average(value => (value - mean) * (value - mean)) + epsilon);
        return row.Select((value, i) => ((value - mean) / deviation * v[1][i]) + v[2][i]);
    })];

    public static double[] RmsNorm(double[][] v, double epsilon) => [.. v[0].Chunk(v[1].Length).SelectMany(row =>
    {
        var size = Math.Sqrt(row.Average(value => value * value) + epsilon);
        return row.Select((value, i) => value / size * v[1][i]);
    })];

    public static double[] Softmax(double[] x, int width) => [.. x.Chunk(width).SelectMany(row =>
    {
        var exponentials = row.Select(value => Math.Exp(value)).ToArray();
        return exponentials.Select(value => value / exponentials.Sum());
    })];

    /// <summary>The distribution function of the normal distribution, by Simpson's rule.</summary>
    private static double Normal(double x)
    {
        const int Parts = 400;
        double Density(double t) => Math.Exp(-t * t / 2) / Math.Sqrt(2 * Math.PI);
        var (width, sum) = (x / Parts, Density(0) + Density(x));
        for (var i = 1; i < Parts; i++)
        {
            sum += (i % 2 == 0 ? 2 : 4) * Density(i * width);
        }

        return 0.5 + (sum * width / 3);
    }
}
