using System.Runtime.Intrinsics.X86;

namespace Kinora.Media.Tests;

/// <summary>The vector kernels against their plain twins, and the plain ones against a resize in double precision.</summary>
public sealed class ResizeKernelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Vector_and_plain_kernels_agree_on_random_shapes(int channels)
    {
        if (!Avx2.IsSupported)
        {
            // Without AVX2 the product uses the plain kernels only, and those are checked elsewhere.
            return;
        }

        var random = new Random(channels);
        for (var round = 0; round < 120; round++)
        {
            var picture = RandomPicture(random, random.Next(1, 90), random.Next(1, 90), channels);
            var (width, height) = (random.Next(1, 130), random.Next(1, 130));
            var filter = (ResampleFilter)random.Next(0, 5);
            (double, double, double, double)? box = round % 3 == 0
                ? (random.NextDouble() * picture.Width / 3, random.NextDouble() * picture.Height / 3, picture.Width * (1 - (random.NextDouble() / 3)), picture.Height)
                : null;
            var plain = PillowResize.Resize(picture, width, height, filter, box, vectors: false);
            var vectors = PillowResize.Resize(picture, width, height, filter, box, vectors: true);
            Assert.Equal(plain.Pixels, vectors.Pixels);
        }
    }

    [Theory]
    [InlineData(ResampleFilter.Box)]
    [InlineData(ResampleFilter.Bilinear)]
    [InlineData(ResampleFilter.Bicubic)]
    [InlineData(ResampleFilter.Lanczos)]
    public void Plain_kernels_stay_within_two_roundings_of_double_precision(ResampleFilter filter)
    {
        var random = new Random(7);
        for (var round = 0; round < 20; round++)
        {
            var picture = RandomPicture(random, random.Next(2, 40), random.Next(2, 40), 1);
            var (width, height) = (random.Next(1, 60), random.Next(1, 60));
            var actual = PillowResize.Resize(picture, width, height, filter, null, vectors: false);
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    // The second pass multiplies the first one's rounding of half a level by at most the sum of absolute weights (below 1.7).
                    Assert.InRange(actual.Pixels[(y * width) + x] - Exact(picture, width, height, x, y, filter), -1.5, 1.5);
                }
            }
        }
    }

    [Fact]
    public void A_picture_of_the_wanted_size_is_not_copied()
    {
        var picture = new Picture(5, 4, 3);
        Assert.Same(picture, PillowResize.Resize(picture, 5, 4, ResampleFilter.Lanczos));
    }

    [Fact]
    public void Empty_boxes_and_sizes_are_refused()
    {
        var picture = new Picture(5, 4, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => PillowResize.Resize(picture, 0, 4, ResampleFilter.Box));
        Assert.Throws<ArgumentOutOfRangeException>(() => PillowResize.Resize(picture, 2, 2, ResampleFilter.Box, (3, 0, 3, 4)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PillowResize.Resize(picture, 2, 2, ResampleFilter.Box, (0, 0, 5.5, 4)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PillowResize.Resize(picture, 2, 2, ResampleFilter.Box, (double.NaN, 0, 5, 4)));
    }

    private static double Exact(Picture picture, int width, int height, int x, int y, ResampleFilter filter)
    {
        var rows = Weights(picture.Height, height, y, filter);
        var columns = Weights(picture.Width, width, x, filter);
        var sum = 0.0;
        for (var row = 0; row < picture.Height; row++)
        {
            var line = 0.0;
            for (var column = 0; column < picture.Width; column++)
            {
                line += columns[column] * picture.Pixels[(row * picture.Width) + column];
            }

            sum += rows[row] * Math.Clamp(line, 0, 255);
        }

        return Math.Clamp(sum, 0, 255);
    }

    private static double[] Weights(int input, int output, int at, ResampleFilter filter)
    {
        var scale = (double)input / output;
        var reduction = Math.Max(scale, 1);
        var centre = (at + 0.5) * scale;
        var support = ResampleKernel.Support(filter) * reduction;
        var weights = Enumerable.Range(0, input)
            .Select(i => i >= (int)(centre - support + 0.5) && i < (int)(centre + support + 0.5) ? ResampleKernel.Weight(filter, (i + 0.5 - centre) / reduction) : 0)
            .ToArray();
        return input == output ? [.. Enumerable.Range(0, input).Select(i => i == at ? 1.0 : 0)] : [.. weights.Select(w => w / weights.Sum())];
    }

    private static Picture RandomPicture(Random random, int width, int height, int channels)
    {
        var picture = new Picture(width, height, channels);
        random.NextBytes(picture.Pixels);
        return picture;
    }
}
