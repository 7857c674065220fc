using Kinora.Tensors.Kernels;
using Kinora.Tensors.Operations;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Tests;

public class AttentionGradientTests
{
    [Theory]
    [ClassData(typeof(Variants))]
    public void Gradients_equal_those_in_double_precision(InstructionSet set)
    {
        var random = new Random(1);
        foreach (var (lengths, heads, keyHeads, size) in new[] { (new[] { 3, 0, 1, 2, 40 }, 4, 2, 16), ([300, 5, 0], 2, 1, 20), ([1, 3], 1, 1, 2), ([0, 0], 3, 3, 8), ([17, 9, 33], 12, 2, 32), ([420, 20, 20], 4, 1, 8), ([200], 3, 3, 13), ([130, 31], 2, 2, 64) })
        {
            foreach (var causal in new[] { false, true })
            {
                using var packed = new PackedSequences(random, lengths, heads, keyHeads, size, causal);
                using var gradients = new Gradients(random, packed);
                packed.Attend(Variants.Kernels(set), WorkerPool.Shared);
                gradients.Run(Variants.Kernels(set), WorkerPool.Shared);
                var (query, key, value) = packed.Reference.Backward(Numbers.Decode(packed.Query), Numbers.Decode(packed.Key), Numbers.Decode(packed.Value), Numbers.Decode(gradients.Output));
                Near(gradients.Query, query, $"{packed}: queries");
                Near(gradients.Key, key, $"{packed}: keys");
                Near(gradients.Value, value, $"{packed}: values");
            }
        }
    }

    [Fact]
    public void Gradients_in_double_precision_equal_finite_differences()
    {
        const double Step = 1e-5;
        var random = new Random(2);
        foreach (var causal in new[] { false, true })
        {
            using var packed = new PackedSequences(random, [4, 1, 5], 4, 2, 3, causal);
            using var towards = Numbers.Random(random, 10, 12);
            var outputGradient = Numbers.Decode(towards);
            double[][] inputs = [Numbers.Decode(packed.Query), Numbers.Decode(packed.Key), Numbers.Decode(packed.Value)];
            var (query, key, value) = packed.Reference.Backward(inputs[0], inputs[1], inputs[2], outputGradient);
            foreach (var (input, gradient) in inputs.Zip([query, key, value]))
            {
                for (var i = 0; i < input.Length; i++)
                {
                    var before = input[i];
                    input[i] = before + Step;
                    var above = Loss();
                    input[i] = before - Step;
                    var below = Loss();
                    input[i] = before;
                    Assert.Equal((above - below) / (2 * Step), gradient[i], 1e-7);
                }
            }

            double Loss() => packed.Reference.Forward(inputs[0], inputs[1], inputs[2]).Output.Zip(outputGradient, (left, right) => left * right).Sum();
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void The_number_of_threads_changes_no_bit(InstructionSet set)
    {
        var (one, two) = (new WorkerPool(1), new WorkerPool(2));
        foreach (var (lengths, heads, keyHeads) in new[] { (new[] { 60, 7, 90 }, 4, 2), ([500, 3], 3, 1) })
        {
            using var packed = new PackedSequences(new Random(3), lengths, heads, keyHeads, 24, causal: true);
            using var alone = new Gradients(new Random(4), packed);
            using var together = new Gradients(new Random(4), packed);
            packed.Attend(Variants.Kernels(set), one);
            alone.Run(Variants.Kernels(set), one);
            packed.Attend(Variants.Kernels(set), two);
            together.Run(Variants.Kernels(set), two);
            Assert.Equal(alone.Query.AsSpan().ToArray(), together.Query.AsSpan().ToArray());
            Assert.Equal(alone.Key.AsSpan().ToArray(), together.Key.AsSpan().ToArray());
            Assert.Equal(alone.Value.AsSpan().ToArray(), together.Value.AsSpan().ToArray());
        }
    }

    [Fact]
    public void Equal_lengths_give_the_same_bits_with_and_without_starts()
    {
        foreach (var (length, heads, keyHeads) in new[] { (70, 4, 2), (400, 2, 1) })
        {
            using var packed = new PackedSequences(new Random(9), [length, length], heads, keyHeads, 24, causal: true);
            using var with = new Gradients(new Random(10), packed);
            using var without = new Gradients(new Random(10), packed);
            packed.Attend(KernelSet.Best, WorkerPool.Shared);
            with.Run(KernelSet.Best, WorkerPool.Shared);
            without.Run(KernelSet.Best, WorkerPool.Shared, length);
            Assert.Equal(with.Query.AsSpan().ToArray(), without.Query.AsSpan().ToArray());
            Assert.Equal(with.Key.AsSpan().ToArray(), without.Key.AsSpan().ToArray());
            Assert.Equal(with.Value.AsSpan().ToArray(), without.Value.AsSpan().ToArray());
        }
    }

    [Fact]
    public void Scores_far_apart_neither_overflow_nor_leave_what_is_no_number()
    {
        using var packed = new PackedSequences(new Random(5), [300, 40], 2, 1, 16, causal: true);
        packed.Query.AsSpan().Fill(30f);
        for (var row = 0; row < 340; row++)
        {
            packed.Key.Row(row).Fill(170 - row); // what a row may not see would outweigh what it sees by thousands, or the other way round
        }

        using var gradients = new Gradients(new Random(6), packed);
        packed.Attend(KernelSet.Best, WorkerPool.Shared);
        gradients.Run(KernelSet.Best, WorkerPool.Shared);
        foreach (var tensor in new[] { gradients.Query, gradients.Key, gradients.Value })
        {
            Assert.All(tensor.AsSpan().ToArray(), value => Assert.True(float.IsFinite(value)));
        }

        // The first key has all the weight of each query of its sequence, and so all gradients of outputs.
        var sum = Enumerable.Range(0, 600).Sum(row => (double)gradients.Output.AsSpan()[row * 16]);
        Assert.Equal(sum, gradients.Value.AsSpan()[0], 1e-4);
    }

    [Fact]
    public void Going_backward_allocates_nothing_after_the_first_time()
    {
        using var packed = new PackedSequences(new Random(7), [450, 3], 2, 1, 16, causal: true);
        using var gradients = new Gradients(new Random(8), packed);
        var (kernels, pool) = (KernelSet.Best, new WorkerPool(1));
        packed.Attend(kernels, pool);
        gradients.Run(kernels, pool);
        gradients.Run(kernels, pool);
        var before = GC.GetAllocatedBytesForCurrentThread();
        gradients.Run(kernels, pool);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Near(Tensor actual, double[] expected, string what)
    {
        var error = Numbers.RelativeError(actual.AsSpan(), expected);
        Assert.True(error < 4e-6, $"{what}: {error:e2}");
    }

    private sealed unsafe class Gradients : IDisposable
    {
        private readonly PackedSequences packed;

        public Gradients(Random random, PackedSequences packed)
        {
            this.packed = packed;
            (Output, Query, Key, Value) = (Numbers.Random(random, packed.Query.Shape.Rows, packed.Query.Shape.Last), Tensor.Allocate(packed.Query.Shape), Tensor.Allocate(packed.Key.Shape), Tensor.Allocate(packed.Value.Shape));
            foreach (var tensor in new[] { Query, Key, Value })
            {
                tensor.AsSpan().Fill(float.NaN); // whatever is not overwritten is seen
            }
        }

        public Tensor Output { get; }

        public Tensor Query { get; }

        public Tensor Key { get; }

        public Tensor Value { get; }

        /// <param name="kernels">The instruction set to use.</param>
        /// <param name="pool">The threads to use.</param>
        /// <param name="length">The common length, to be given instead of starts.</param>
        public void Run(KernelSet kernels, WorkerPool pool, int length = 0)
        {
            var forward = packed.Arguments(kernels);
            if (length > 0)
            {
                (forward.Queries, forward.KeyCount) = (length, length);
                forward.Starts = null;
                forward.QueryStarts = null;
            }

            AttentionGradient.Run(pool, new()
            {
                Forward = forward,
                OutputGradient = Output.Floats,
                QueryGradient = Query.Floats,
                KeyGradient = Key.Floats,
                ValueGradient = Value.Floats,
            });
        }

        public void Dispose()
        {
            foreach (var tensor in new[] { Output, Query, Key, Value })
            {
                tensor.Dispose();
            }
        }
    }
}
