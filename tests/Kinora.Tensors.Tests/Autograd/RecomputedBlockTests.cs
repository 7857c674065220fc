using Kinora.Tensors.Autograd;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Tests.Autograd;

public class RecomputedBlockTests
{
    [Fact]
    public void Blocks_computed_again_give_the_gradients_of_blocks_kept_bit_for_bit()
    {
        var (kept, most) = Run(new Tape());
        var (again, less) = Run(new Tape { RecomputesBlocks = true });
        Assert.Equal(kept, again);
        Assert.True(less < most, $"{less} bytes of activations in place of {most}.");
    }

    [Fact]
    public void Inputs_kept_in_bfloat16_change_gradients_by_its_noise_only()
    {
        var (kept, _) = Run(new Tape());
        var (rounded, _) = Run(new Tape { RecomputesBlocks = true, RoundsKeptInputs = true });
        foreach (var (expected, actual) in kept.Zip(rounded))
        {
            var error = Numbers.RelativeError(actual, [.. expected.Select(value => (double)value)]);
            Assert.InRange(error, 1e-5, 3e-2);
        }
    }

    private static (float[][] Gradients, long Bytes) Run(Tape tape)
    {
        const int Rows = 2000;
        var random = new Random(3);
        using var operations = new TensorOperations(new WorkerPool(2));
        using var embedding = Numbers.Random(random, 12, 5);
        using var x = Numbers.Random(random, Rows, 5);
        using var cotangent = Numbers.Random(random, Rows, 12);
        embedding.Learn(Tensor.Allocate(embedding.Shape));
        var blocks = Enumerable.Range(0, 4).Select(_ => new TwoLayerBlock(random)).ToArray();
        tape.DropoutSeed = 42;
        using (tape)
        using (var recording = operations.Record(tape))
        {
            var sequences = operations.Divide([120, 1, Rows - 321, 200]);
            var stream = operations.Linear(x, embedding);
            foreach (var block in blocks)
            {
                stream = operations.Run(block, stream, sequences);
            }

            operations.Seed(stream, cotangent);
            recording.Backward();
        }

        float[][] gradients = [embedding.Gradient!.AsSpan().ToArray(), .. blocks.SelectMany(block => block.Gradients)];
        Array.ForEach(blocks, block => block.Dispose());
        return (gradients, operations.Workspace.Capacity);
    }
}
