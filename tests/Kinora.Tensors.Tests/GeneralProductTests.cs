using Kinora.Tensors.Kernels;
using Kinora.Tensors.Operations;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Tests;

public class GeneralProductTests
{
    public static MatrixTheoryData<InstructionSet, StorageFormat> Cases => new(TensorOperations.Supported, Enum.GetValues<StorageFormat>());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_form_equals_the_double_precision_product(InstructionSet set, StorageFormat format)
    {
        var random = new Random(23 + (int)format);
        for (var round = 0; round < 60; round++)
        {
            var form = Form.Random(random, format);
            using var c = form.Fill(Variants.Kernels(set), WorkerPool.Shared);
            var error = Numbers.RelativeError(c.AsSpan(), form.Expected());
            Assert.True(error < 1e-6, $"{form}: {error:e2}");
            form.Dispose();
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Extents_beyond_a_stage_and_a_slice_are_all_summed(InstructionSet set)
    {
        var random = new Random(3);
        foreach (var (rows, columns, depth, transposeA, transposeB) in new[] { (6200, 3, 5, true, false), (7, 2100, 40, false, false), (13, 35, 1100, true, false), (6150, 2, 390, false, true) })
        {
            using var form = new Form(random, StorageFormat.BF16, rows, columns, depth, transposeA, transposeB, Accumulate: true, Gap: 3);
            using var c = form.Fill(Variants.Kernels(set), WorkerPool.Shared);
            Assert.True(Numbers.RelativeError(c.AsSpan(), form.Expected()) < 1e-6, form.ToString());
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void The_number_of_threads_changes_no_bit(InstructionSet set)
    {
        var random = new Random(4);
        var (one, two) = (new WorkerPool(1), new WorkerPool(2));
        foreach (var (rows, columns, depth) in new[] { (100, 200, 600), (37, 530, 1030) })
        {
            foreach (var transposeA in new[] { false, true })
            {
                using var form = new Form(random, StorageFormat.F32, rows, columns, depth, transposeA, TransposeB: false, Accumulate: true, Gap: 0);
                using var alone = form.Fill(Variants.Kernels(set), one);
                using var together = form.Fill(Variants.Kernels(set), two);
                Assert.Equal(alone.AsSpan().ToArray(), together.AsSpan().ToArray());
            }
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public unsafe void Of_an_upper_triangle_what_is_on_and_above_the_diagonal_is_the_whole_product(InstructionSet set)
    {
        var random = new Random(12);
        foreach (var (side, depth) in new[] { (1, 3), (37, 20), (150, 700) })
        {
            using var x = Numbers.Random(random, side, depth);
            using var whole = Tensor.Allocate(new Shape(side, side));
            using var half = Tensor.Allocate(new Shape(side, side));
            Run(whole, upper: false);
            Run(half, upper: true);
            for (var row = 0; row < side; row++)
            {
                Assert.Equal(whole.Row(row)[row..].ToArray(), half.Row(row)[row..].ToArray());
            }

            // What is left out stays as it was: from there the time is won.
            Assert.True(side < 100 || half.AsSpan().ToArray().Count(value => value == 0) > side * side / 5);

            void Run(Tensor c, bool upper) => GeneralProduct.Run(Variants.Kernels(set), WorkerPool.Shared, new()
            {
                A = x.Floats, AStride = depth, B = x.Pointer, Format = StorageFormat.F32, BRowBytes = StorageFormat.F32.RowBytes(depth), TransposeB = true,
                C = c.Floats, CStride = side, Rows = side, Columns = side, Depth = depth, UpperTriangle = upper,
            });
        }
    }

    [Fact]
    public void A_depth_of_zero_is_a_sum_of_nothing()
    {
        var random = new Random(5);
        foreach (var (rows, columns) in new[] { (0, 4), (4, 0), (3, 4) })
        {
            foreach (var accumulate in new[] { false, true })
            {
                using var form = new Form(random, StorageFormat.F32, rows, columns, 0, TransposeA: true, TransposeB: false, accumulate, Gap: 2);
                using var c = form.Fill(KernelSet.Best, WorkerPool.Shared);
                Assert.Equal(form.Expected().Select(value => (float)value), c.AsSpan().ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Going_backward_allocates_nothing_after_the_first_time(InstructionSet set, StorageFormat format)
    {
        var random = new Random(6);
        using var form = new Form(random, format, 40, 96, 64, TransposeA: true, TransposeB: false, Accumulate: true, Gap: 0);
        using var c = Tensor.Allocate(new Shape(40, 96));
        var (kernels, pool) = (Variants.Kernels(set), new WorkerPool(1));
        form.Run(kernels, pool, c);
        form.Run(kernels, pool, c);
        var before = GC.GetAllocatedBytesForCurrentThread();
        form.Run(kernels, pool, c);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Grouped_rows_can_not_be_transposed()
    {
        var random = new Random(7);
        using var form = new Form(random, StorageFormat.Q8_0x16, 4, 32, 32, TransposeA: false, TransposeB: true, Accumulate: false, Gap: 0);
        var error = Assert.Throws<ArgumentException>(() => form.Fill(KernelSet.Best, WorkerPool.Shared));
        Assert.Contains("Q8_0x16", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A product of random numbers; both sides end where memory ends, and rows of A and C are a gap longer than the product uses.</summary>
    private sealed record Form(StorageFormat Format, int Rows, int Columns, int Depth, bool TransposeA, bool TransposeB, bool Accumulate, int Gap) : IDisposable
    {
        private Tensor? a;
        private Tensor? b;
        private Tensor? before;

        public Form(Random random, StorageFormat format, int rows, int columns, int depth, bool TransposeA, bool TransposeB, bool Accumulate, int Gap)
            : this(format, rows, columns, depth, TransposeA, TransposeB, Accumulate, Gap)
        {
            using var plainA = Numbers.Random(random, TransposeA ? depth : rows, (TransposeA ? rows : depth) + Gap);
            using var plainB = Numbers.Random(random, TransposeB ? columns : depth, TransposeB ? depth : columns);
            using var storedB = StorageConversion.Convert(plainB, format);
            (a, b, before) = (GuardedMemory.Copy(plainA), GuardedMemory.Copy(storedB), Numbers.Random(random, rows, columns + Gap));
        }

        public static Form Random(Random random, StorageFormat format)
        {
            int Extent() => random.Next(4) == 0 ? random.Next(1, 4) : random.Next(1, random.Next(6) == 0 ? 700 : 90);
            var transposeB = !format.IsGrouped() && random.Next(3) == 0;
            var (rows, columns, depth) = (Extent(), Extent(), Extent());
            if (format.IsQuantised())
            {
                (columns, depth) = transposeB ? (columns, (depth + 31) / 32 * 32) : ((columns + 31) / 32 * 32, depth);
            }

            return new(random, format, rows, columns, depth, random.Next(2) == 0, transposeB, random.Next(2) == 0, random.Next(3));
        }

        public Tensor Fill(KernelSet kernels, WorkerPool pool)
        {
            var c = Tensor.From(before!.AsSpan(), before.Shape);
            Run(kernels, pool, c);
            return c;
        }

        public unsafe void Run(KernelSet kernels, WorkerPool pool, Tensor c) => GeneralProduct.Run(kernels, pool, new()
        {
            A = a!.Floats,
            AStride = a.Shape.Last,
            TransposeA = TransposeA,
            B = b!.Pointer,
            Format = Format,
            BRowBytes = Format.RowBytes(b.Shape.Last),
            TransposeB = TransposeB,
            C = c.Floats,
            CStride = c.Shape.Last,
            Rows = Rows,
            Columns = Columns,
            Depth = Depth,
            Accumulate = Accumulate,
        });

        public double[] Expected()
        {
            var (left, right) = (Numbers.Decode(a!), Numbers.Decode(b!));
            var c = Numbers.Decode(before!);
            var (strideA, strideB) = (a!.Shape.Last, b!.Shape.Last);
            for (var row = 0; row < Rows; row++)
            {
                for (var column = 0; column < Columns; column++)
                {
                    ref var sum = ref c[(row * (Columns + Gap)) + column];
                    sum = Accumulate ? sum : 0;
                    for (var k = 0; k < Depth; k++)
                    {
                        sum += left[TransposeA ? (k * strideA) + row : (row * strideA) + k] * right[TransposeB ? (column * strideB) + k : (k * strideB) + column];
                    }
                }
            }

            return c;
        }

        public void Dispose()
        {
            a?.Dispose();
            b?.Dispose();
            before?.Dispose();
        }
    }
}
