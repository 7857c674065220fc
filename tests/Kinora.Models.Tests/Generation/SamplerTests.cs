using Kinora.Models.Generation;

namespace Kinora.Models.Tests.Generation;

public sealed class SamplerTests
{
    [Fact]
    public void A_seed_gives_the_same_tokens_everywhere()
    {
        var sampler = new Sampler(42);
        float[] probabilities = [0.1f, 0.2f, 0, 0.3f, 0.4f];
        Assert.Equal(DrawnWithSeed42, Enumerable.Range(0, 20).Select(_ => sampler.Draw(probabilities)));
        Assert.Equal(42UL, sampler.Seed);
    }

    // Computed apart from this code, from the published definitions of SplitMix64 and xoshiro256**.
    private static readonly int[] DrawnWithSeed42 = [0, 3, 4, 4, 4, 4, 4, 4, 4, 3, 4, 1, 4, 3, 4, 4, 4, 4, 4, 4];

    [Fact]
    public void Tokens_are_drawn_as_often_as_they_should()
    {
        var sampler = new Sampler(7);
        float[] probabilities = [0.5f, 0, 0.25f, 0.25f];
        var counts = new int[4];
        for (var draw = 0; draw < 40_000; draw++)
        {
            counts[sampler.Draw(probabilities)]++;
        }

        // Four standard deviations are about 400.
        Assert.Equal(0, counts[1]);
        Assert.InRange(counts[0], 19_600, 20_400);
        Assert.InRange(counts[2], 9_600, 10_400);
    }

    [Fact]
    public void Without_a_seed_each_sampler_is_new()
        => Assert.NotEqual(new Sampler(null).Seed, new Sampler(null).Seed);

    [Fact]
    public void Nothing_to_draw_from_is_an_error()
    {
        Assert.Throws<GenerationException>(() => new Sampler(1).Draw([0, 0]));
        Assert.Throws<GenerationException>(() => new Sampler(1).Draw([float.NaN]));
        Assert.Equal(2, new Sampler(1).Draw([0, 0, 1e-30f]));
    }
}
