namespace Kinora.Tensors.Tests;

public class ColumnsTests
{
    [Theory]
    [ClassData(typeof(Variants))]
    public void Columns_are_those_of_the_rows(InstructionSet set)
    {
        using var operations = new TensorOperations(instructionSet: set);
        var random = new Random(4);
        for (var round = 0; round < 50; round++)
        {
            using var x = Numbers.Random(random, random.Next(1, 5), random.Next(1, 40), random.Next(1, 90));
            var first = random.Next(x.Shape.Last);
            var y = operations.Columns(x, first, random.Next(1, x.Shape.Last - first + 1));
            Assert.Equal(x.Shape.Rows, y.Shape.Rows);
            for (var row = 0; row < y.Shape.Rows; row++)
            {
                Assert.Equal(x.Row(row).Slice(first, y.Shape.Last), y.Row(row));
            }
        }
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(4, 2)]
    [InlineData(0, 0)]
    [InlineData(0, 6)]
    public void Columns_outside_are_refused(int first, int count)
    {
        using var operations = new TensorOperations();
        using var x = Tensor.Allocate(new Shape(2, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => operations.Columns(x, first, count));
    }

    [Fact]
    public void Angles_of_a_grid_are_what_cosines_and_sines_are_taken_of()
    {
        using var angles = Tensor.Allocate(new Shape(6, 8));
        using var cosines = Tensor.Allocate(angles.Shape);
        using var sines = Tensor.Allocate(angles.Shape);
        int[] rows = [0, 1, 5, 70, 3, 2], columns = [9, 0, 5, 1, 33, 4];
        RotaryAngles.AnglesOfGrid(rows, columns, 10_000, angles);
        RotaryAngles.OfGrid(rows, columns, 10_000, cosines, sines);
        for (var i = 0; i < 48; i++)
        {
            Assert.Equal(((i % 8 < 4 ? rows : columns)[i / 8]) * Math.Pow(10_000, -(i % 4) / 4.0), angles.AsSpan()[i], 1e-4);
            Assert.Equal((Math.Cos(angles.AsSpan()[i]), Math.Sin(angles.AsSpan()[i])), (cosines.AsSpan()[i], sines.AsSpan()[i]), (expected, actual) => Math.Abs(expected.Item1 - actual.Item1) < 1e-6 && Math.Abs(expected.Item2 - actual.Item2) < 1e-6);
        }
    }
}
