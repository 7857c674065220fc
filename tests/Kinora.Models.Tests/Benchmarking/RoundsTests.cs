using Kinora.Models.Benchmarking;
using Kinora.Tensors;
using Kinora.Tensors.Measuring;
using Kinora.Tensors.Planning;

namespace Kinora.Models.Tests.Benchmarking;

public sealed class RoundsTests
{
    [Fact]
    public void Cases_are_timed_in_turn_and_results_follow_from_their_seconds()
    {
        using var limits = new MachineLimits(bufferBytes: 1 << 20);
        var order = new List<string>();
        var rounds = new Rounds(limits, order.Add);
        var work = new Work(1e6, 2e6);
        var results = rounds.Time([new("a", StorageFormat.F32, work, () => Thread.Sleep(40), 4, "frame"), new("b", StorageFormat.Q4_0x16, work, () => Thread.Sleep(40))], 2);
        Assert.Equal(["a, 1 of 2", "b, 1 of 2", "a, 2 of 2", "b, 2 of 2"], order);
        Assert.Equal(["a", "b"], results.Select(result => result.Name));
        Assert.All(results, result =>
        {
            Assert.True(result.Seconds >= 0.039);
            Assert.Equal(1e6 / result.Seconds, result.FlopsPerSecond, 1e-3);
            Assert.Equal(2e6 / result.Seconds, result.BytesPerSecond, 1e-3);
            Assert.InRange(result.ShareOfMultiplyAdd, double.Epsilon, 1);
            Assert.True(result.ShareOfRead > 0);
            Assert.Equal(2, result.Rounds);
        });
        Assert.Equal(4 / results[0].Seconds, results[0].ThingsPerSecond, 1e-6);
        Assert.Equal(0, results[1].ThingsPerSecond);
        Assert.All([rounds.MultiplyAdd, rounds.Read], limit => Assert.True(limit.Low > 0 && limit.Low <= limit.Middle && limit.Middle <= limit.High));
    }

    [Fact]
    public void Cancellation_ends_it_before_the_next_case()
    {
        using var limits = new MachineLimits(bufferBytes: 1 << 20);
        using var source = new CancellationTokenSource();
        var runs = 0;
        var rounds = new Rounds(limits, cancellation: source.Token);
        var timed = new BenchmarkCase("a", StorageFormat.F32, default, () =>
        {
            runs++;
            source.Cancel();
            Thread.Sleep(40);
        });
        Assert.Throws<OperationCanceledException>(() => rounds.Time([timed, timed], 3));
        Assert.Equal(1, runs);
    }

    [Theory]
    [InlineData(2.0, 1.0, 2.0, 9.0)]
    [InlineData(3.0, 1.0, 2.0, 4.0, 9.0)]
    [InlineData(7.0, 7.0)]
    public void The_median_is_the_middle(double median, params double[] values) => Assert.Equal(median, Spread.Median(values));

    [Fact]
    public void A_spread_leaves_a_tenth_out_at_each_end()
        => Assert.Equal(new Spread(2, 9.5, 17), Spread.Of([.. Enumerable.Range(0, 20).Select(i => (double)i).Reverse()]));

    [Fact]
    public void Random_tensors_have_the_formats_asked_for_and_memory_of_their_own()
    {
        using var random = new RandomTensors(name => name == "a" ? StorageFormat.Q8_0 : StorageFormat.BF16);
        var (first, second, vector) = (random.Take("a", 4, 64), random.Take("a", 4, 64), random.Take("c", 64));
        Assert.Equal((StorageFormat.Q8_0, StorageFormat.F32), (first.Format, vector.Format));
        Assert.Equal(StorageFormat.BF16, random.Take("b", 4, 3, 2).Format);
        Assert.Equal(StorageFormat.BF16, random.Take("a", 4, 33).Format); // no whole blocks
        unsafe
        {
            Assert.True(first.Pointer != second.Pointer);
        }
    }
}
