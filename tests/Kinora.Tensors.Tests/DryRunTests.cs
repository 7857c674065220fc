using Kinora.Tensors.Planning;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Tests;

/// <summary>A dry run needs exactly what the same operations take when they compute.</summary>
public class DryRunTests
{
    [Fact]
    public void The_workspace_it_asks_for_is_just_enough()
    {
        var random = new Random(5);
        for (var round = 0; round < 40; round++)
        {
            var (rows, inner) = (random.Next(1, 40), 32 * random.Next(1, 5));
            using var x = Numbers.Random(random, rows, inner);
            using var weight = Numbers.Random(random, inner, inner);
            using var table = Numbers.Random(random, 50, inner);
            using var pixels = Numbers.Random(random, 1, 3, 20, 20);
            var needs = Needs(Compute);
            using var operations = new TensorOperations();
            operations.Workspace.Reserve(needs.WorkspaceBytes);
            Compute(operations);
            Assert.Equal(needs.WorkspaceBytes, operations.Workspace.Capacity);

            using var less = new TensorOperations();
            less.Workspace.Reserve(needs.WorkspaceBytes - 1);
            Compute(less);
            Assert.True(less.Workspace.Capacity > needs.WorkspaceBytes);

            void Compute(TensorOperations compute)
            {
                using var frame = compute.Begin();
                var y = compute.Embed([1, 2, 49], table);
                using (compute.Begin())
                {
                    y = compute.Linear(compute.LayerNorm(x, table.Rows(0, 1), table.Rows(1, 1), 1e-5f), weight, null, Activation.Gelu);
                    compute.Softmax(compute.Attention(y, y, y, inner / 16, inner / 16, Sequences.Equal(1, y.Shape.Rows), causal: true));
                    compute.Copy(y, compute.New(rows, inner));
                    compute.Attention(y, y, y, inner / 16, inner / 16, compute.Divide([rows / 3, rows - (rows / 3)]));
                    compute.Columns(y, 3, inner / 2);
                    compute.Concatenate(0, [y, y]);
                }

                compute.Patches(pixels, 4);
                compute.SiluGate(compute.RmsNorm(x, table.Rows(3, 1), 1e-5f), x);
            }
        }
    }

    [Theory]
    [InlineData(StorageFormat.F32)]
    [InlineData(StorageFormat.BF16)]
    [InlineData(StorageFormat.Q8_0)]
    [InlineData(StorageFormat.Q8_0x16)]
    [InlineData(StorageFormat.Q4_0x16)]
    public void The_scratch_it_counts_is_what_threads_keep(StorageFormat format)
    {
        var random = new Random(6);
        for (var round = 0; round < 10; round++)
        {
            using var x = Numbers.Random(random, random.Next(1, 100), 128 * random.Next(1, 15));
            using var plain = Numbers.Random(random, random.Next(1, 200), x.Shape.Last);
            using var weight = StorageConversion.Convert(plain, format);
            using var keys = Numbers.Random(random, 2, 300, 64);
            var needs = Needs(Compute);

            // Threads keep their buffers as long as they live: a new thread, alone, has none yet.
            long kept = 0;
            var thread = new Thread(() =>
            {
                using var operations = new TensorOperations(new WorkerPool(1));
                Compute(operations);
                kept = ThreadScratch.OfCaller.Bytes + ThreadScratch.OfChunk.Bytes;
            });
            thread.Start();
            thread.Join();
            Assert.Equal(needs.ScratchBytes, kept);

            void Compute(TensorOperations compute)
            {
                using var frame = compute.Begin();
                compute.Linear(x, weight);
                compute.CachedAttention(x, keys, keys, 300);
            }
        }
    }

    [Fact]
    public void Work_is_counted_by_kind_and_format()
    {
        using var x = Tensor.WithoutMemory(new Shape(10, 64));
        using var weight = Tensor.WithoutMemory(new Shape(48, 64), StorageFormat.Q8_0);
        var needs = Needs(compute =>
        {
            compute.Linear(x, weight);
            compute.Linear(x.Rows(0, 1), weight);
            compute.Attention(x, x, x, 2, 2, Sequences.Equal(1, x.Shape.Rows));
            compute.Attention(x, x, x, 2, 2, Sequences.Equal(1, x.Shape.Rows), causal: true);
            compute.Attention(x, x, x, 2, 2, compute.Divide([3, 7]));
            compute.Add(x, x);
        });
        Assert.Equal(new Work(2 * 10 * 48 * 64, weight.Bytes), needs.Work[(WorkKind.Product, StorageFormat.Q8_0)]);
        Assert.Equal(new Work(2 * 48 * 64, weight.Bytes), needs.Work[(WorkKind.FewRows, StorageFormat.Q8_0)]);

        // Without a mask 10 x 10 pairs are seen, with it 55, of two sequences 9 + 49; each costs two products of 64 values.
        Assert.Equal(4.0 * 64 * (100 + 55 + 58), needs.Work[(WorkKind.Attention, StorageFormat.F32)].Flops);
        Assert.Equal(new Work(0, 2 * x.Bytes), needs.Work[(WorkKind.RowByRow, StorageFormat.F32)]);
    }

    [Fact]
    public void What_was_taken_counts_from_zero_again()
    {
        using var x = Tensor.WithoutMemory(new Shape(10, 64));
        var dryRun = new DryRun();
        using var dry = new TensorOperations(dryRun);
        dry.Linear(x, x);
        Assert.NotEqual(default, dryRun.Take(1).TotalWork);
        Assert.Equal((default, 0L, 0L), (dryRun.Take(1) is var needs ? needs.TotalWork : default, needs.WorkspaceBytes, needs.ScratchBytes));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_as_in_earnest()
    {
        using var dry = new TensorOperations(new DryRun());
        Assert.Throws<ArgumentException>(() => dry.Linear(Tensor.WithoutMemory(new Shape(2, 3)), Tensor.WithoutMemory(new Shape(4, 5))));
    }

    private static ComputeNeeds Needs(Action<TensorOperations> compute)
    {
        var dryRun = new DryRun();
        using var dry = new TensorOperations(dryRun);
        compute(dry);
        return dryRun.Take(threads: 1);
    }
}
