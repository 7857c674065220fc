using Kinora.Tensors;
using Kinora.Training.Data;

namespace Kinora.Training.Tests.Data;

public class DatasetMixTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public void A_permutation_holds_every_number_once(int count)
    {
        for (var key = 0UL; key < 20; key++)
        {
            var order = new IndexPermutation(count, key);
            Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), Enumerable.Range(0, count).Select(i => order.At(i)).Order());
        }
    }

    [Fact]
    public void Large_permutations_come_back_into_their_range()
    {
        foreach (var count in new[] { (1L << 31) + 1, 1L << 40, (1L << 62) - 3, 1L << 62 })
        {
            var order = new IndexPermutation(count, 7);
            var seen = Enumerable.Range(0, 1000).Select(i => order.At(count - 1 - i)).ToHashSet();
            Assert.Equal(1000, seen.Count);
            Assert.All(seen, value => Assert.InRange(value, 0, count - 1));
        }
    }

    [Theory]
    [InlineData(3, 6)]
    [InlineData(4, 24)]
    [InlineData(5, 120)]
    public void Every_order_of_a_few_numbers_comes_about_as_often(int count, int orders)
    {
        const int PerOrder = 200;
        var seen = new Dictionary<string, int>();
        for (var key = 0; key < orders * PerOrder; key++)
        {
            var order = new IndexPermutation(count, CounterRandom.Mix(3, (ulong)key));
            var text = string.Join(' ', Enumerable.Range(0, count).Select(i => order.At(i)));
            seen[text] = seen.GetValueOrDefault(text) + 1;
        }

        Assert.Equal(orders, seen.Count);
        Assert.All(seen.Values, times => Assert.InRange(times, PerOrder / 2, PerOrder * 2));
    }

    [Fact]
    public void A_place_is_equally_likely_for_every_number()
    {
        const int Count = 100, Keys = 20_000;
        var places = new int[Count, Count];
        for (var key = 0; key < Keys; key++)
        {
            var order = new IndexPermutation(Count, (ulong)key);
            for (var i = 0; i < Count; i++)
            {
                places[i, order.At(i)]++;
            }
        }

        // Chi-square of each row of 100 has mean 99 and deviation 14.
        for (var row = 0; row < Count; row++)
        {
            var expected = Keys / (double)Count;
            Assert.InRange(Enumerable.Range(0, Count).Sum(i => Math.Pow(places[row, i] - expected, 2) / expected), 40, 180);
        }
    }

    [Fact]
    public void Without_weights_every_record_comes_once_in_an_epoch()
    {
        var mix = new DatasetMix([3, 50, 7], null, 11);
        Assert.Equal(60, mix.EpochLength);
        var epochs = Enumerable.Range(0, 5).Select(epoch => Enumerable.Range(0, 60).Select(i => mix.At((epoch * 60) + i)).ToArray()).ToArray();
        foreach (var epoch in epochs)
        {
            Assert.Equal(60, epoch.Distinct().Count());
            Assert.Equal([3, 50, 7], Enumerable.Range(0, 3).Select(file => epoch.Count(place => place.File == file)));
            Assert.Equal([2, 49, 6], Enumerable.Range(0, 3).Select(file => epoch.Where(place => place.File == file).Max(place => place.Index)));
        }

        Assert.Equal(5, epochs.Select(epoch => string.Join(' ', epoch)).Distinct().Count());
        Assert.NotEqual(epochs[0], Enumerable.Range(0, 60).Select(i => new DatasetMix([3, 50, 7], null, 12).At(i)).ToArray());
        Assert.Equal(epochs[3][17], new DatasetMix([3, 50, 7], null, 11).At((3 * 60) + 17));
    }

    [Fact]
    public void With_weights_files_come_in_proportion_and_each_in_passes_of_its_own()
    {
        int[] counts = [5, 40, 17];
        double[] weights = [1, 2, 0.5];
        var mix = new DatasetMix(counts, weights, 5);
        Assert.Equal(62, mix.EpochLength);
        var taken = counts.Select(_ => new List<int>()).ToArray();
        for (var n = 0; n < 7000; n++)
        {
            var place = mix.At(n);
            taken[place.File].Add(place.Index);
            for (var file = 0; file < counts.Length; file++)
            {
                Assert.InRange(taken[file].Count - ((n + 1) * weights[file] / weights.Sum()), -2.01, 2.01);
            }
        }

        for (var file = 0; file < counts.Length; file++)
        {
            var passes = taken[file].Chunk(counts[file]).Where(pass => pass.Length == counts[file]).ToArray();
            Assert.True(passes.Length > 50);
            Assert.All(passes, pass => Assert.Equal(Enumerable.Range(0, counts[file]), pass.Order()));
            Assert.True(passes.Select(pass => string.Join(' ', pass)).Distinct().Count() > 40);
        }
    }

    [Fact]
    public void Far_numbers_and_extreme_weights_have_a_place()
    {
        var mix = new DatasetMix([5, 7, 3], [1e300, 1e-300, 1e308], 5);
        foreach (var number in new[] { 0L, 1, 1L << 40, long.MaxValue - 1, long.MaxValue })
        {
            Assert.InRange(mix.At(number).File, 0, 2);
        }

        Assert.InRange(new DatasetMix([int.MaxValue, int.MaxValue], null, 1).At(long.MaxValue).Index, 0, int.MaxValue - 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => mix.At(-1));
    }

    [Fact]
    public void The_order_is_the_same_for_ever()
    {
        // Runs that were begun with an older version must go on with the same samples.
        var mix = new DatasetMix([10, 20], null, 42);
        var weighted = new DatasetMix([10, 20], [1, 3], 42);
        Assert.Equal(Recorded.Shuffled, string.Join(' ', Enumerable.Range(0, 8).Select(n => $"{mix.At(n).File}:{mix.At(n).Index}")));
        Assert.Equal(Recorded.Weighted, string.Join(' ', Enumerable.Range(0, 8).Select(n => $"{weighted.At(n).File}:{weighted.At(n).Index}")));
    }

    [Theory]
    [InlineData(new int[0], null)]
    [InlineData(new[] { 3, 0 }, null)]
    [InlineData(new[] { 3, 1 }, new[] { 1.0 })]
    [InlineData(new[] { 3, 1 }, new[] { 1.0, 0 })]
    [InlineData(new[] { 3, 1 }, new[] { 1.0, double.NaN })]
    [InlineData(new[] { 3, 1 }, new[] { 1.0, double.PositiveInfinity })]
    public void Empty_files_and_senseless_weights_are_refused(int[] counts, double[]? weights)
        => Assert.Throws<ArgumentException>(() => new DatasetMix(counts, weights, 1));

    [Fact]
    public void Random_numbers_fill_their_range_evenly()
    {
        var random = new CounterRandom(9);
        var seen = new int[7];
        var sum = 0.0;
        for (var i = 0; i < 70_000; i++)
        {
            seen[random.Below(7)]++;
            var uniform = random.Uniform();
            Assert.True(uniform is >= 0 and < 1);
            sum += uniform;
        }

        Assert.All(seen, times => Assert.InRange(times, 9_600, 10_400));
        Assert.InRange(sum / 70_000, 0.495, 0.505);
        Assert.NotEqual(new CounterRandom(9).Next(), new CounterRandom(10).Next());
    }

    private static class Recorded
    {
        public const string Shuffled = "0:5 1:17 1:8 1:19 1:15 1:6 1:16 0:4";
        public const string Weighted = "1:11 1:1 0:3 1:18 1:19 1:17 0:2 1:14";
    }
}
