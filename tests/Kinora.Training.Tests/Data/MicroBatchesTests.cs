using Kinora.Training.Data;

namespace Kinora.Training.Tests.Data;

public class MicroBatchesTests
{
    [Fact]
    public void Samples_stay_in_order_and_parts_within_the_limit()
    {
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            var lengths = Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(1, 100)).ToArray();
            var most = random.Next(1, 250);
            var parts = MicroBatches.Cut(lengths, most);
            var next = 0;
            foreach (var part in parts)
            {
                Assert.Equal(next, part.First);
                Assert.True(part.Count > 0);
                Assert.Equal(lengths.Skip(part.First).Take(part.Count).Sum(), part.Positions);
                Assert.True(part.Positions <= most || part.Count == 1);
                next += part.Count;

                // Nothing is left over: the next sample would not have fitted.
                Assert.True(next == lengths.Length || part.Positions + lengths[next] > most);
            }

            Assert.Equal(lengths.Length, next);
        }
    }

    [Fact]
    public void Sums_beyond_32_bits_are_counted()
        => Assert.Equal([new MicroBatch(0, 1, int.MaxValue), new MicroBatch(1, 1, int.MaxValue)], MicroBatches.Cut([int.MaxValue, int.MaxValue], int.MaxValue));

    [Fact]
    public void A_step_without_samples_has_no_parts() => Assert.Empty(MicroBatches.Cut([], 5));
}
