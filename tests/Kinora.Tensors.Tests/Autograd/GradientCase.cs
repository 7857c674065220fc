namespace Kinora.Tensors.Tests.Autograd;

/// <summary>An operation whose gradients are held against finite differences.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Shapes">Of the inputs.</param>
/// <param name="Run">The operation.</param>
/// <param name="Reference">The same in double precision. Null: the operation is linear in each single value, so that differences of its own results are exact whatever the step.</param>
internal sealed record GradientCase(string Name, int[][] Shapes, Func<TensorOperations, Tensor[], Tensor> Run, Func<double[][], double[]>? Reference = null)
{
    private const double SmallStep = 1e-5;

    /// <summary>The gradients of the sum of cotangent times result, by central differences.</summary>
    public double[][] Differences(TensorOperations operations, float[][] inputs, float[] cotangent)
    {
        var values = inputs.Select(input => input.Select(value => (double)value).ToArray()).ToArray();
        var step = Reference is null ? 1 : SmallStep;
        return [.. values.Select(input => input.Select((value, i) => Slope(input, i, value)).ToArray())];

        double Slope(double[] input, int i, double value)
        {
            input[i] = value + step;
            var above = Loss();
            input[i] = value - step;
            var below = Loss();
            input[i] = value;
            return (above - below) / (2 * step);
        }

        double Loss() => (Reference is null ? Own() : Reference(values)).Zip(cotangent, (result, factor) => result * factor).Sum();

        double[] Own()
        {
            using var frame = operations.Begin();
            var tensors = values.Select((input, i) => Tensor.From([.. input.Select(value => (float)value)], new Shape(Shapes[i]))).ToArray();
            var result = Numbers.Decode(Run(operations, tensors));
            Array.ForEach(tensors, tensor => tensor.Dispose());
            return result;
        }
    }

    public override string ToString() => $"{Name} [{string.Join(" ", Shapes.Select(shape => string.Join("x", shape)))}]";
}
