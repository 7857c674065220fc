using Kinora.Tensors.Autograd;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Tests.Autograd;

public sealed class DropoutTests : IDisposable
{
    private const float Rate = 0.3f;
    private readonly TensorOperations operations = new(new WorkerPool(2));
    private readonly Tape tape = new();
    private readonly Tensor x = Tensor.From([.. Enumerable.Repeat(2f, 200 * 100)], new Shape(200, 100));

    [Fact]
    public void Without_recording_nothing_happens()
    {
        Assert.Same(x, operations.Dropout(x, Rate));
        Assert.All(x.AsSpan().ToArray(), value => Assert.Equal(2f, value));
    }

    [Fact]
    public void A_seed_gives_one_mask_and_the_next_another()
    {
        var (one, other) = Masks(7);
        var again = Masks(7);
        Assert.Equal(one, again.One);
        Assert.Equal(other, again.Other);
        Assert.NotEqual(one, other);
        Assert.NotEqual(one, Masks(9).One);
    }

    [Fact]
    public void Values_are_dropped_at_the_rate_and_the_rest_keeps_the_mean()
    {
        var values = Masks(1).One;
        var kept = values.Where(value => value != 0).ToArray();
        Assert.All(kept, value => Assert.Equal(2 / (1 - Rate), value, 1e-6f));

        // Five deviations of a binomial distribution.
        var deviation = Math.Sqrt(Rate * (1 - Rate) / values.Length);
        Assert.Equal(Rate, 1 - ((double)kept.Length / values.Length), 5 * deviation);
        Assert.Equal(2, values.Average(), 5 * deviation * 2 / (1 - Rate));
    }

    [Fact]
    public void The_gradient_goes_through_what_was_kept()
    {
        x.Learn(Tensor.Allocate(x.Shape));
        using var cotangent = Numbers.Random(new Random(1), 200, 100);
        float[] dropped;
        using (var recording = operations.Record(tape))
        {
            var y = operations.Dropout(x, Rate);
            dropped = y.AsSpan().ToArray();
            operations.Seed(y, cotangent);
            recording.Backward();
        }

        var expected = dropped.Zip(cotangent.AsSpan().ToArray(), (value, slope) => value == 0 ? 0f : slope / (1 - Rate)).Select(value => (double)value).ToArray();
        Assert.InRange(Numbers.RelativeError(x.Gradient!.AsSpan(), expected), 0, 1e-6);
    }

    public void Dispose()
    {
        x.Dispose();
        tape.Dispose();
        operations.Dispose();
    }

    private (float[] One, float[] Other) Masks(ulong seed)
    {
        x.Learn(Tensor.Allocate(x.Shape));
        tape.DropoutSeed = seed;
        using var recording = operations.Record(tape);
        return (operations.Dropout(x, Rate).AsSpan().ToArray(), operations.Dropout(x, Rate).AsSpan().ToArray());
    }
}
