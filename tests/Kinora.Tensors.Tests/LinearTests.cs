namespace Kinora.Tensors.Tests;

public class LinearTests
{
    public static MatrixTheoryData<InstructionSet, StorageFormat> Cases => new(TensorOperations.Supported, Enum.GetValues<StorageFormat>());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Linear_equals_the_double_precision_product(InstructionSet set, StorageFormat format)
    {
        using var operations = new TensorOperations(instructionSet: set);
        var random = new Random(17 + (int)format);
        for (var round = 0; round < 40; round++)
        {
            var rows = random.Next(1, random.Next(2) == 0 ? 7 : 60);
            var columns = random.Next(1, 150);
            var depth = format.IsQuantised() ? 32 * random.Next(1, random.Next(5) == 0 ? 70 : 20) : random.Next(1, random.Next(5) == 0 ? 2200 : 700);
            using var x = Numbers.Random(random, rows, depth);
            using var plain = Numbers.Random(random, columns, depth);
            using var weight = StorageConversion.Convert(plain, format);
            using var bias = Numbers.Random(random, columns);
            using var frame = operations.Begin();
            var y = operations.Linear(x, weight, bias);
            var expected = Product(x, Numbers.Decode(weight), columns, bias);
            Assert.True(Numbers.RelativeError(y.AsSpan(), expected) < 1e-6, $"{rows}x{columns}x{depth}: {Numbers.RelativeError(y.AsSpan(), expected):e2}");
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Activation_is_applied_to_every_result(InstructionSet set)
    {
        using var operations = new TensorOperations(instructionSet: set);
        var random = new Random(5);
        foreach (var rows in new[] { 1, 3, 13, 40 })
        {
            using var x = Numbers.Random(random, rows, 300);
            using var weight = Numbers.Random(random, 77, 300);
            using var frame = operations.Begin();
            var y = operations.Linear(x, weight, null, Activation.QuickGelu);
            var expected = Product(x, Numbers.Decode(weight), 77, null).Select(v => v / (1 + Math.Exp(-1.702 * v))).ToArray();
            Assert.True(Numbers.RelativeError(y.AsSpan(), expected) < 1e-6);
        }
    }

    [Fact]
    public void A_wrong_shape_is_refused_with_both_shapes()
    {
        using var operations = new TensorOperations();
        using var x = Tensor.Allocate(new Shape(2, 5));
        using var weight = Tensor.Allocate(new Shape(3, 6));
        var error = Assert.Throws<ArgumentException>(() => operations.Linear(x, weight));
        Assert.Contains("[2, 5]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[3, 6]", error.Message, StringComparison.Ordinal);
    }

    private static double[] Product(Tensor x, double[] weight, int columns, Tensor? bias)
    {
        var (rows, depth) = (x.Shape[0], x.Shape[1]);
        var y = new double[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var sum = bias is null ? 0.0 : bias.AsSpan()[column];
                for (var k = 0; k < depth; k++)
                {
                    sum += x.AsSpan()[(row * depth) + k] * weight[(column * depth) + k];
                }

                y[(row * columns) + column] = sum;
            }
        }

        return y;
    }
}
