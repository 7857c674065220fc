using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Tests;

public class PackedAttentionTests
{
    [Theory]
    [ClassData(typeof(Variants))]
    public void Sequences_of_unequal_length_see_themselves_alone(InstructionSet set)
    {
        var random = new Random(1);
        foreach (var (lengths, heads, keyHeads, size) in new[] { (new[] { 3, 0, 1, 2, 40 }, 4, 2, 16), ([300, 5, 0], 2, 1, 20), ([1], 1, 1, 2), ([0, 0], 3, 3, 8), ([17, 9, 33], 12, 2, 32), ([600, 20, 20], 8, 1, 8) })
        {
            foreach (var causal in new[] { false, true })
            {
                using var packed = new PackedSequences(random, lengths, heads, keyHeads, size, causal);
                packed.Attend(Variants.Kernels(set), WorkerPool.Shared);
                var (output, logSums) = packed.Reference.Forward(Numbers.Decode(packed.Query), Numbers.Decode(packed.Key), Numbers.Decode(packed.Value));
                Assert.True(Numbers.RelativeError(packed.Output.AsSpan(), output) < 3e-6, $"{packed}");
                Assert.True(Numbers.RelativeError(packed.LogSums.AsSpan(), logSums) < 1e-6, $"{packed}: sums");
            }
        }
    }

    [Theory]
    [ClassData(typeof(Variants))]
    public void Equal_lengths_give_the_same_bits_with_and_without_starts(InstructionSet set)
    {
        using var operations = new TensorOperations(instructionSet: set);
        using var packed = new PackedSequences(new Random(2), [70, 70, 70], 4, 2, 24, causal: true);
        packed.Attend(Variants.Kernels(set), WorkerPool.Shared);
        using var frame = operations.Begin();
        var equal = operations.Attention(packed.Query, packed.Key, packed.Value, 4, 2, Sequences.Equal(3, packed.Query.Shape.Rows / 3), causal: true);
        Assert.Equal(equal.AsSpan().ToArray(), packed.Output.AsSpan().ToArray());
    }

    [Fact]
    public void Packed_sequences_allocate_nothing_after_the_first_time()
    {
        using var packed = new PackedSequences(new Random(3), [50, 3, 20], 2, 1, 16, causal: true);
        var (kernels, pool) = (KernelSet.Best, new WorkerPool(1));
        packed.Attend(kernels, pool);
        packed.Attend(kernels, pool);
        var before = GC.GetAllocatedBytesForCurrentThread();
        packed.Attend(kernels, pool);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
