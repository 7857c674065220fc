using Kinora.Tensors.Autograd;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Tests.Autograd;

public sealed class CrossEntropyTests : IDisposable
{
    private readonly Tape tape = new();

    /// <summary>The second vocabulary is so large that its logits are made a few rows at a time.</summary>
    [Theory]
    [InlineData(7, 11, 5)]
    [InlineData(37, 270_000, 2)]
    public void Losses_and_gradients_equal_those_in_double_precision(int rows, int vocabulary, int width)
    {
        var random = new Random(4);
        using var operations = new TensorOperations(new WorkerPool(2));
        using var hidden = Numbers.Random(random, rows, width);
        using var head = Numbers.Random(random, vocabulary, width);
        int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(vocabulary))];
        float[] factors = [.. Enumerable.Range(0, rows).Select(_ => Numbers.Normal(random))];
        var losses = new float[rows];
        hidden.Learn(Tensor.Allocate(hidden.Shape));
        head.Learn(Tensor.Allocate(head.Shape));
        using (var recording = operations.Record(tape))
        {
            operations.CrossEntropy(hidden, head, labels, losses, factors);
            recording.Backward();
        }

        var (h, w) = (Numbers.Decode(hidden), Numbers.Decode(head));
        var (toHidden, toHead) = (new double[h.Length], new double[w.Length]);
        for (var row = 0; row < rows; row++)
        {
            var logits = new double[vocabulary];
            for (var i = 0; i < vocabulary; i++)
            {
                for (var k = 0; k < width; k++)
                {
                    logits[i] += h[(row * width) + k] * w[(i * width) + k];
                }
            }

            var sum = logits.Sum(value => Math.Exp(value));
            Assert.Equal(Math.Log(sum) - logits[labels[row]], losses[row], 1e-4);
            for (var i = 0; i < vocabulary; i++)
            {
                var slope = factors[row] * ((Math.Exp(logits[i]) / sum) - (i == labels[row] ? 1 : 0));
                for (var k = 0; k < width; k++)
                {
                    toHidden[(row * width) + k] += slope * w[(i * width) + k];
                    toHead[(i * width) + k] += slope * h[(row * width) + k];
                }
            }
        }

        Assert.InRange(Numbers.RelativeError(hidden.Gradient!.AsSpan(), toHidden), 0, 3e-5);
        Assert.InRange(Numbers.RelativeError(head.Gradient!.AsSpan(), toHead), 0, 3e-5);
    }

    [Fact]
    public void A_frozen_head_gets_no_gradient_and_losses_alone_leave_none()
    {
        using var operations = new TensorOperations(new WorkerPool(1));
        using var hidden = Numbers.Random(new Random(1), 3, 4);
        using var head = Numbers.Random(new Random(2), 6, 4);
        hidden.Learn(Tensor.Allocate(hidden.Shape));
        using var recording = operations.Record(tape);
        operations.CrossEntropy(hidden, head, [0, 5, 2], new float[3]);
        Assert.Null(hidden.Gradient);
        operations.CrossEntropy(hidden, head, [0, 5, 2], new float[3], [1, 1, 1]);
        Assert.NotNull(hidden.Gradient);
        Assert.Null(head.Gradient);
    }

    public void Dispose() => tape.Dispose();
}
