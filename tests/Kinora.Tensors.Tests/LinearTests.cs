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
            var seen = format.IsGrouped() ? Numbers.RoundedToBytes(x) : Numbers.Decode(x);
            var expected = Product(seen, rows, Numbers.Decode(weight), columns, bias);
            Assert.True(Numbers.RelativeError(y.AsSpan(), expected) < 1e-6, $"{rows}x{columns}x{depth}: {Numbers.RelativeError(y.AsSpan(), expected):e2}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_product_is_added_to_what_is_there(InstructionSet set, StorageFormat format)
    {
        using var operations = new TensorOperations(instructionSet: set);
        var random = new Random(23 + (int)format);
        for (var round = 0; round < 20; round++)
        {
            var (rows, columns, depth) = (random.Next(1, 40), random.Next(1, 150), 32 * random.Next(1, 18));
            using var x = Numbers.Random(random, rows, depth);
            using var plain = Numbers.Random(random, columns, depth);
            using var weight = StorageConversion.Convert(plain, format);
            using var sum = Numbers.Random(random, rows, columns);
            var before = Numbers.Decode(sum);
            using var frame = operations.Begin();
            Assert.Same(sum, operations.AddLinear(sum, x, weight));
            var seen = format.IsGrouped() ? Numbers.RoundedToBytes(x) : Numbers.Decode(x);
            var expected = Product(seen, rows, Numbers.Decode(weight), columns, null).Zip(before, (product, there) => product + there).ToArray();
            Assert.True(Numbers.RelativeError(sum.AsSpan(), expected) < 1e-6, $"{rows}x{columns}x{depth}");
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
            var expected = Product(Numbers.Decode(x), rows, Numbers.Decode(weight), 77, null).Select(v => v / (1 + Math.Exp(-1.702 * v))).ToArray();
            Assert.True(Numbers.RelativeError(y.AsSpan(), expected) < 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Products_allocate_nothing_after_the_first_time(InstructionSet set, StorageFormat format)
    {
        using var operations = new TensorOperations(instructionSet: set);
        var random = new Random(6);
        using var one = Numbers.Random(random, 1, 64);
        using var many = Numbers.Random(random, 9, 64);
        using var plain = Numbers.Random(random, 64, 64);
        using var weight = StorageConversion.Convert(plain, format);
        Once();
        Once();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Once();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Once()
        {
            using var frame = operations.Begin();
            operations.Linear(one, weight);
            operations.Linear(many, weight);
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

    [Theory]
    [InlineData(StorageFormat.Q8_0x16, 0.011)]
    [InlineData(StorageFormat.Q4_0x16, 0.11)]
    public void Rounding_weights_and_activations_stays_near_the_float_product(StorageFormat format, double limit)
    {
        using var operations = new TensorOperations();
        var random = new Random(3);
        using var x = Numbers.Random(random, 9, 512);
        using var plain = Numbers.Random(random, 100, 512);
        using var weight = StorageConversion.Convert(plain, format);
        using var frame = operations.Begin();
        var error = Numbers.RelativeError(operations.Linear(x, weight).AsSpan(), Product(Numbers.Decode(x), 9, Numbers.Decode(plain), 100, null));
        Assert.InRange(error, limit / 3, limit);
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Whatever_is_no_number_comes_through_a_product_of_bytes(InstructionSet set)
    {
        using var operations = new TensorOperations(instructionSet: set);
        foreach (var strange in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            foreach (var rows in new[] { 1, 5 })
            {
                using var x = Numbers.Random(new Random(8), rows, 96);
                x.AsSpan()[70] = strange;
                using var plain = Numbers.Random(new Random(9), 40, 96);
                using var weight = StorageConversion.Convert(plain, StorageFormat.Q8_0x16);
                using var frame = operations.Begin();
                var y = operations.Linear(x, weight);
                Assert.All(y.Row(0).ToArray(), value => Assert.False(float.IsFinite(value)));
                Assert.All(y.AsSpan()[40..].ToArray(), value => Assert.True(float.IsFinite(value)));
            }
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Blocks_at_the_ends_of_the_float_range_are_rounded_too(InstructionSet set)
    {
        using var operations = new TensorOperations(instructionSet: set);
        foreach (var factor in new[] { 0f, 1e-44f, 1e-38f, 1e-25f, 1e34f })
        {
            using var x = Numbers.Random(new Random(8), 2, 64);
            foreach (ref var value in x.AsSpan())
            {
                value *= factor;
            }

            using var plain = Numbers.Random(new Random(9), 16, 64);
            using var weight = StorageConversion.Convert(plain, StorageFormat.Q4_0x16);
            using var frame = operations.Begin();
            var y = operations.Linear(x, weight);
            var expected = Product(Numbers.Decode(x), 2, Numbers.Decode(weight), 16, null);
            for (var i = 0; i < expected.Length; i++)
            {
                Assert.InRange(y.AsSpan()[i], expected[i] - (factor * 0.3) - 1e-28, expected[i] + (factor * 0.3) + 1e-28);
            }
        }
    }

    private static double[] Product(double[] x, int rows, double[] weight, int columns, Tensor? bias)
    {
        var depth = x.Length / rows;
        var y = new double[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var sum = bias is null ? 0.0 : bias.AsSpan()[column];
                for (var k = 0; k < depth; k++)
                {
                    sum += x[(row * depth) + k] * weight[(column * depth) + k];
                }

                y[(row * columns) + column] = sum;
            }
        }

        return y;
    }
}
