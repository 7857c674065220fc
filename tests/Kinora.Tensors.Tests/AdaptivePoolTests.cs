using Kinora.Tensors.Planning;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Tests;

/// <summary>Means over cells of a grid, against their definition in double precision.</summary>
public class AdaptivePoolTests
{
    public static TheoryData<int, int, int, int, double[]> Toys => new()
    {
        { 2, 2, 2, 2, [5.5, 7.5, 25.5, 27.5, 105.5, 107.5, 125.5, 127.5] },
        { 3, 2, 2, 2, [55.5, 57.5, 75.5, 77.5, 155.5, 157.5, 175.5, 177.5] },
        { 2, 2, 3, 3, [5.5, 6.5, 7.5, 15.5, 16.5, 17.5, 25.5, 26.5, 27.5, 105.5, 106.5, 107.5, 115.5, 116.5, 117.5, 125.5, 126.5, 127.5] },
        { 4, 2, 1, 1, [66.5, 266.5] },
    };

    [Theory]
    [MemberData(nameof(Toys))]
    public void Cells_overlap_as_they_should(int frames, int time, int height, int width, double[] expected)
    {
        using var operations = new TensorOperations();
        using var x = Tensor.From([.. Enumerable.Range(0, frames * 16).Select(i => (float)((100 * (i / 16)) + (10 * (i / 4 % 4)) + (i % 4)))], new Shape(frames, 4, 4, 1));
        Assert.Equal(expected, operations.AdaptivePool(x, time, height, width).AsSpan().ToArray().Select(value => Math.Round(value, 4)));
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Means_equal_the_double_precision_ones_whatever_the_grid(InstructionSet set)
    {
        var random = new Random(3);
        for (var round = 0; round < 60; round++)
        {
            using var operations = new TensorOperations(new WorkerPool(random.Next(1, 4)), set);
            int[] grid = [random.Next(1, 9), random.Next(1, 9), random.Next(1, 9)];
            int[] cells = [random.Next(1, 12), random.Next(1, 12), random.Next(1, 12)];
            using var x = Numbers.Random(random, grid[0], grid[1], grid[2], random.Next(1, 70));
            var y = operations.AdaptivePool(x, cells[0], cells[1], cells[2]);
            Assert.Equal(new Shape(cells[0], cells[1], cells[2], x.Shape[3]), y.Shape);
            Assert.True(Numbers.RelativeError(y.AsSpan(), Means(x, cells)) < 3e-7, $"{string.Join("x", grid)} to {string.Join("x", cells)}");
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Grids_lie_one_behind_the_other_and_few_entries_of_time_are_drawn_out(InstructionSet set)
    {
        var random = new Random(8);
        for (var round = 0; round < 30; round++)
        {
            using var operations = new TensorOperations(new WorkerPool(2), set);
            var channels = random.Next(1, 40);
            var grids = Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(1, 9)).Select(time => new PoolGrid(time, random.Next(1, 6), random.Next(1, 6), random.Next(1, 9), random.Next(1, 9), random.Next(1, 9), random.Next(time + 1))).ToArray();
            using var x = Numbers.Random(random, grids.Sum(grid => grid.Rows), channels);
            var (expected, first) = (new List<double>(), 0);
            foreach (var grid in grids)
            {
                // What a grid means: entries repeated as evenly as can be, and averaged.
                var stored = grid.Stored == 0 ? grid.Time : grid.Stored;
                var (entry, own) = (grid.Height * grid.Width * channels, x.AsSpan().Slice(first * channels, grid.Rows * channels).ToArray());
                using var drawn = Tensor.From([.. Enumerable.Range(0, grid.Time).SelectMany(t => own.AsSpan((int)Math.Floor(t * (double)stored / grid.Time) * entry, entry).ToArray())], new Shape(grid.Time, grid.Height, grid.Width, channels));
                expected.AddRange(Means(drawn, [grid.TimeCells, grid.HeightCells, grid.WidthCells]));
                first += grid.Rows;
            }

            Assert.True(Numbers.RelativeError(operations.AdaptivePool(x, grids).AsSpan(), [.. expected]) < 3e-7, string.Join(" ", grids));
        }
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        var random = new Random(4);
        using var x = Numbers.Random(random, 7, 9, 11, 333);
        using var one = new TensorOperations(new WorkerPool(1));
        using var three = new TensorOperations(new WorkerPool(3));
        Assert.Equal(one.AdaptivePool(x, 5, 4, 13).AsSpan().ToArray(), three.AdaptivePool(x, 5, 4, 13).AsSpan().ToArray());
    }

    [Fact]
    public void A_dry_run_takes_the_same_memory_and_computes_nothing()
    {
        var dryRun = new DryRun();
        using var operations = new TensorOperations(dryRun);
        using var x = Tensor.WithoutMemory(new Shape(16, 24, 24, 64));
        Assert.Equal(new Shape(16, 12, 12, 64), operations.AdaptivePool(x, 16, 12, 12).Shape);
        var needs = dryRun.Take(1);
        Assert.Equal(16 * 12 * 12 * 64 * sizeof(float), needs.WorkspaceBytes);
        Assert.Equal(2 * x.Bytes, needs.Work[(WorkKind.RowByRow, StorageFormat.F32)].Bytes);
    }

    [Fact]
    public void No_cells_are_refused()
    {
        using var operations = new TensorOperations();
        using var x = Tensor.Allocate(new Shape(2, 3, 3, 4));
        Assert.Contains("HeightCells = 0", Assert.Throws<ArgumentException>(() => operations.AdaptivePool(x, 2, 0, 3)).Message, StringComparison.Ordinal);
        Assert.Contains("Stored = 3", Assert.Throws<ArgumentException>(() => operations.AdaptivePool(x, [new PoolGrid(2, 3, 3, 1, 1, 1, 3)])).Message, StringComparison.Ordinal);
        Assert.Contains("27 rows", Assert.Throws<ArgumentException>(() => operations.AdaptivePool(x, [new PoolGrid(3, 3, 3, 1, 1, 1)])).Message, StringComparison.Ordinal);
    }

    private static double[] Means(Tensor x, int[] cells)
    {
        var (values, means) = (Numbers.Decode(x), new List<double>());
        var axes = Enumerable.Range(0, 3).Select(axis => Enumerable.Range(0, cells[axis]).Select(k => Places(k, cells[axis], x.Shape[axis])).ToArray()).ToArray();
        foreach (var times in axes[0])
        {
            foreach (var rows in axes[1])
            {
                foreach (var columns in axes[2])
                {
                    means.AddRange(Enumerable.Range(0, x.Shape[3]).Select(channel =>
                        times.SelectMany(t => rows.SelectMany(row => columns.Select(column => values[(((((t * x.Shape[1]) + row) * x.Shape[2]) + column) * x.Shape[3]) + channel]))).Average()));
                }
            }
        }

        return [.. means];
    }

    private static int[] Places(int k, int cells, int places)
    {
        var (first, end) = ((int)Math.Floor(k * (double)places / cells), (int)Math.Ceiling((k + 1) * (double)places / cells));
        return [.. Enumerable.Range(first, end - first)];
    }
}
