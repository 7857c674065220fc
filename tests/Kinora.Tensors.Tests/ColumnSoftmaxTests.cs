using Kinora.Tensors.Kernels;

namespace Kinora.Tensors.Tests;

/// <summary>The kernels that take softmax down the columns of a panel.</summary>
public sealed unsafe class ColumnSoftmaxTests
{
    private const float Scale = 0.3f;

    [Theory]
    [ClassData(typeof(Variants))]
    public void Panels_in_two_parts_give_the_softmax_of_their_columns(InstructionSet set)
    {
        var kernels = Variants.Kernels(set);
        var (columns, random) = (kernels.TileColumns, new Random(1));
        foreach (var (first, second) in new[] { (1, 0), (0, 1), (5, 12), (40, 3) })
        {
            var rows = first + second;
            using var drawn = Numbers.Random(random, rows, columns);

            // Some are hidden, of the last column all but one.
            for (var row = 0; row < rows; row++)
            {
                drawn.Row(row)[columns - 1] = row == rows - 1 ? 2f : float.NegativeInfinity;
                drawn.Row(row)[0] = row % 3 == 1 ? float.NegativeInfinity : drawn.Row(row)[0];
            }

            using var panel = GuardedMemory.Copy(drawn);
            using var largest = Filled(columns, float.NegativeInfinity);
            using var sums = Filled(columns, 0f);
            kernels.ColumnLargest(panel.Floats, first, largest.Floats);
            kernels.ColumnLargest(panel.Floats + (first * columns), second, largest.Floats);
            kernels.ColumnWeights(panel.Floats, first, largest.Floats, Scale, sums.Floats);
            kernels.ColumnWeights(panel.Floats + (first * columns), second, largest.Floats, Scale, sums.Floats);
            var expected = new double[rows * columns];
            for (var column = 0; column < columns; column++)
            {
                double[] scores = [.. Enumerable.Range(0, rows).Select(row => (double)drawn.Row(row)[column])];
                Assert.Equal((float)scores.Max(), largest.AsSpan()[column]);
                Assert.Equal(scores.Sum(score => Math.Exp(Scale * (score - scores.Max()))), sums.AsSpan()[column], 1e-5);
                for (var row = 0; row < rows; row++)
                {
                    expected[(row * columns) + column] = Math.Exp(Scale * (scores[row] - scores.Max()));
                }
            }

            Assert.True(Numbers.RelativeError(panel.AsSpan(), expected) < 1e-6);
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void A_column_without_any_score_stays_a_number(InstructionSet set)
    {
        var kernels = Variants.Kernels(set);
        using var panel = Filled(3 * kernels.TileColumns, float.NegativeInfinity);
        using var largest = Filled(kernels.TileColumns, float.NegativeInfinity);
        using var sums = Filled(kernels.TileColumns, 0f);
        kernels.ColumnLargest(panel.Floats, 3, largest.Floats);
        kernels.ColumnWeights(panel.Floats, 3, largest.Floats, Scale, sums.Floats);
        Assert.All(panel.AsSpan().ToArray(), weight => Assert.InRange(weight, 0f, 1e-37f));
        Assert.All(sums.AsSpan().ToArray(), sum => Assert.InRange(sum, 0f, 1e-36f));
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Columns_are_scaled_each_by_its_factor(InstructionSet set)
    {
        var kernels = Variants.Kernels(set);
        var random = new Random(2);
        using var drawn = Numbers.Random(random, 7, kernels.TileColumns);
        using var panel = GuardedMemory.Copy(drawn);
        using var factors = Numbers.Random(random, kernels.TileColumns);
        kernels.ScaleColumns(panel.Floats, 7, factors.Floats);
        Assert.Equal(drawn.AsSpan().ToArray().Select((value, i) => value * factors.AsSpan()[i % kernels.TileColumns]), panel.AsSpan().ToArray());
    }

    private static Tensor Filled(int count, float value)
    {
        using var tensor = Tensor.Allocate(new Shape(count));
        tensor.AsSpan().Fill(value);
        return GuardedMemory.Copy(tensor);
    }
}
