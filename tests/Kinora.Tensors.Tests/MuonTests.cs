using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Tests;

public sealed class MuonTests
{
    private const double Momentum = 0.9;
    private const double Factor = 0.5;

    [Theory]
    [ClassData(typeof(Variants))]
    public void Steps_equal_those_in_double_precision_lying_and_standing(InstructionSet set)
    {
        using var operations = new TensorOperations(new WorkerPool(2), set);
        var random = new Random(7);
        (int, int)[] sizes = [(1, 1), (1, 9), (9, 1), (3, 3), (13, 40), (40, 13), (64, 64), (70, 33), (33, 70), (130, 150), (150, 130)];
        var matrices = sizes.Select(size => new Matrix(random, size.Item1, size.Item2)).ToArray();
        for (var step = 0; step < 3; step++)
        {
            foreach (var matrix in matrices)
            {
                matrix.Draw(random);
            }

            operations.Muon([.. matrices.Select(matrix => matrix.Item)], new() { Momentum = (float)Momentum, GradientFactor = (float)Factor });
            foreach (var matrix in matrices)
            {
                matrix.Expect();
                Assert.True(matrix.WeightError < 1e-5, $"{matrix} step {step}: {matrix.WeightError:e2}");
                Assert.True(matrix.MomentumError < 1e-6, $"{matrix} step {step}: momentum {matrix.MomentumError:e2}");
            }
        }

        Array.ForEach(matrices, matrix => matrix.Dispose());
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Neither_the_threads_nor_the_company_change_a_bit(InstructionSet set)
    {
        // The last two are large enough for all threads at once.
        (int, int)[] sizes = [(100, 60), (31, 200), (5, 7), (2, 700_000), (600_000, 2)];
        var weights = new List<float[]>();
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var operations = new TensorOperations(new WorkerPool(threads), set);
            var random = new Random(8);
            var matrices = sizes.Select(size => new Matrix(random, size.Item1, size.Item2)).ToArray();
            var order = threads == 2 ? matrices.Reverse() : matrices;
            operations.Muon([.. order.Select(matrix => matrix.Item)], new() { Momentum = 0.9f, GradientFactor = 1 });
            weights.Add([.. matrices.SelectMany(matrix => matrix.Item.Weights.AsSpan().ToArray())]);
            Array.ForEach(matrices, matrix => matrix.Dispose());
        }

        Assert.Equal(weights[0], weights[1]);
        Assert.Equal(weights[0], weights[2]);
    }

    [Fact]
    public void The_update_has_singular_values_near_one_times_the_factor()
    {
        // Rows of different lengths at right angles: a matrix whose singular values are known, and end as the lengths of the update's rows.
        const int Rows = 6, Columns = 48;
        var random = new Random(9);
        using var matrix = new Matrix(random, Rows, Columns, rate: 1, decay: 0);
        matrix.Item.Weights.AsSpan().Clear();
        var gradient = matrix.Item.Gradients.AsSpan();
        gradient.Clear();
        for (var row = 0; row < Rows; row++)
        {
            gradient.Slice((row * Columns) + (row * 8), 8).Fill(1 + row);
        }

        using var operations = new TensorOperations();
        operations.Muon([matrix.Item], new() { Momentum = 0.9f, GradientFactor = 1 });
        for (var row = 0; row < Rows; row++)
        {
            var update = matrix.Item.Weights.AsSpan().Slice(row * Columns, Columns).ToArray();
            Assert.InRange(Math.Sqrt(update.Sum(value => value * value)) / (0.2 * Math.Sqrt(Columns)), 0.65, 1.25);
            Assert.All(update[(row * 8)..((row * 8) + 8)], value => Assert.True(value < 0));
        }
    }

    [Fact]
    public void Zeros_move_nothing_but_what_decays()
    {
        using var matrix = new Matrix(new Random(10), 20, 30, rate: 0.5f, decay: 0.5f);
        matrix.Item.Gradients.AsSpan().Clear();
        var expected = matrix.Item.Weights.AsSpan().ToArray().Select(value => value * 0.75f);
        using var operations = new TensorOperations();
        operations.Muon([matrix.Item], new() { Momentum = 0.9f, GradientFactor = 1 });
        Assert.Equal(expected, matrix.Item.Weights.AsSpan().ToArray());
    }

    [Fact]
    public void Steps_after_the_first_allocate_nothing()
    {
        var random = new Random(11);
        using var small = new Matrix(random, 40, 50);
        using var large = new Matrix(random, 2, 700_000);
        using var operations = new TensorOperations(new WorkerPool(1));
        var matrices = new[] { small.Item, large.Item };
        operations.Muon(matrices, new() { Momentum = 0.9f, GradientFactor = 1 });
        var before = GC.GetAllocatedBytesForCurrentThread();
        operations.Muon(matrices, new() { Momentum = 0.9f, GradientFactor = 1 });
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void What_is_no_matrix_is_refused()
    {
        using var vector = Tensor.Allocate(new Shape(4));
        using var matrix = Tensor.Allocate(new Shape(2, 3));
        using var operations = new TensorOperations();
        var step = new MuonStep { Momentum = 0.9f, GradientFactor = 1 };
        Assert.Throws<ArgumentException>(() => operations.Muon([new(vector, vector, vector, 1, 0)], step));
        Assert.Throws<ArgumentException>(() => operations.Muon([new(matrix, vector, matrix, 1, 0)], step));
        Assert.Throws<ArgumentException>(() => operations.Muon([new(matrix, matrix, vector, 1, 0)], step));
    }

    /// <summary>A matrix that learns, and the same in double precision by the definition.</summary>
    private sealed class Matrix : IDisposable
    {
        private readonly int rows;
        private readonly int columns;
        private readonly double[] weights;
        private readonly double[] momentum;

        public Matrix(Random random, int rows, int columns, float rate = 0.02f, float decay = 0.1f)
        {
            (this.rows, this.columns) = (rows, columns);

            // A third axis counts as columns.
            var shape = columns % 2 == 0 ? new Shape(rows, columns / 2, 2) : new Shape(rows, columns);
            var (start, gradients) = (Tensor.Allocate(shape), Tensor.Allocate(shape));
            Item = new(start, gradients, Tensor.Allocate(shape), rate, decay);
            Fill(random, start);
            Fill(random, gradients);
            (weights, momentum) = (Numbers.Decode(start), new double[rows * columns]);
        }

        public MuonMatrix Item { get; }

        public double WeightError => Numbers.RelativeError(Item.Weights.AsSpan(), weights);

        public double MomentumError => Numbers.RelativeError(Item.Momentum.AsSpan(), momentum);

        public void Draw(Random random) => Fill(random, Item.Gradients);

        public void Expect()
        {
            var gradient = Numbers.Decode(Item.Gradients);
            var update = new double[gradient.Length];
            for (var i = 0; i < update.Length; i++)
            {
                momentum[i] = (Momentum * momentum[i]) + (Factor * gradient[i]);
                update[i] = (Factor * gradient[i]) + (Momentum * momentum[i]);
            }

            update = Orthogonal(update);
            for (var i = 0; i < update.Length; i++)
            {
                weights[i] = (weights[i] * (1 - ((double)Item.Rate * Item.WeightDecay))) - (Item.Rate * 0.2 * Math.Sqrt(Math.Max(rows, columns)) * update[i]);
            }
        }

        public override string ToString() => $"[{rows}, {columns}]";

        public void Dispose()
        {
            Item.Weights.Dispose();
            Item.Gradients.Dispose();
            Item.Momentum.Dispose();
        }

        private static void Fill(Random random, Tensor tensor)
        {
            foreach (ref var value in tensor.AsSpan())
            {
                value = Numbers.Normal(random);
            }
        }

        private static double[] Product(double[] left, double[] right, int rows, int depth, int columns)
        {
            var product = new double[rows * columns];
            for (var row = 0; row < rows; row++)
            {
                for (var k = 0; k < depth; k++)
                {
                    for (var column = 0; column < columns; column++)
                    {
                        product[(row * columns) + column] += left[(row * depth) + k] * right[(k * columns) + column];
                    }
                }
            }

            return product;
        }

        private static double[] Transpose(double[] matrix, int rows, int columns)
            => [.. Enumerable.Range(0, matrix.Length).Select(i => matrix[(i % rows * columns) + (i / rows)])];

        private double[] Orthogonal(double[] update)
        {
            var stands = rows > columns;
            var (n, length) = (Math.Min(rows, columns), Math.Max(rows, columns));
            var x = stands ? Transpose(update, rows, columns) : update;
            var norm = Math.Sqrt(x.Sum(value => value * value)) + 1e-7;
            x = [.. x.Select(value => value / norm)];
            for (var step = 0; step < 5; step++)
            {
                var gram = Product(x, Transpose(x, n, length), n, length, n);
                var square = Product(gram, gram, n, n, n);
                var factor = gram.Zip(square, (one, two) => (-4.775 * one) + (2.0315 * two)).ToArray();
                var change = Product(factor, x, n, n, length);
                x = [.. x.Zip(change, (value, more) => (3.4445 * value) + more)];
            }

            return stands ? Transpose(x, n, length) : x;
        }
    }
}
