namespace Kinora.Media.Tests;

public sealed class SmartResizeTests
{
    private const int Most = 12_845_056;

    // Computed from the specification's rule with the published limits; halves go to the even number of steps.
    [Theory]
    [InlineData(70, 42, 28, 3136, Most, 56, 56)]
    [InlineData(28, 29, 28, 3136, Most, 56, 84)]
    [InlineData(84, 140, 28, 3136, 7840, 56, 112)]
    [InlineData(1280, 720, 28, 3136, Most, 1288, 728)]
    [InlineData(1280, 720, 1, 0, 460_800, 905, 509)]
    [InlineData(905, 509, 28, 3136, Most, 896, 504)]
    [InlineData(438, 1051, 28, 3136, Most, 448, 1064)]
    [InlineData(362, 203, 28, 3136, Most, 364, 196)]
    [InlineData(37, 53, 1, 3000, 9000, 46, 66)]
    [InlineData(13, 13, 13, 1, 169, 13, 13)]
    public void Sizes_follow_the_rule(int width, int height, int factor, long least, long most, int expectedWidth, int expectedHeight)
        => Assert.Equal((expectedWidth, expectedHeight), SmartResize.Fit(width, height, factor, least, most));

    [Fact]
    public void Sides_are_multiples_and_areas_within_the_limits()
    {
        var random = new Random(3);
        for (var round = 0; round < 2000; round++)
        {
            var (factor, width, height) = (random.Next(1, 40), random.Next(40, 3000), random.Next(40, 3000));
            var (least, most) = (random.Next(1, 100_000), random.Next(200_000, 3_000_000));
            var fit = SmartResize.Fit(width, height, factor, least, most);
            Assert.Equal((0, 0), (fit.Width % factor, fit.Height % factor));
            Assert.InRange((long)fit.Width * fit.Height, least, most);

            // The picture as it is, or brought to a limit: each side is less than a step off.
            double[] scales = [1, Math.Sqrt(least / ((double)width * height)), Math.Sqrt(most / ((double)width * height))];
            Assert.Contains(scales, scale => Math.Abs(fit.Width - (width * scale)) < factor && Math.Abs(fit.Height - (height * scale)) < factor);
        }
    }

    [Theory]
    [InlineData(27, 400, 28, 3136, Most, "too small")]
    [InlineData(1, 1, 28, 3136, Most, "below 28 pixels")]
    [InlineData(5601, 28, 28, 3136, Most, "too long a strip")]
    [InlineData(28, 5601, 28, 3136, Most, "at most 200 times")]
    [InlineData(2000, 10, 1, 0, 100, "nothing left")]
    [InlineData(5600, 30, 28, 3136, 7840, "nothing left")]
    public void What_can_not_be_is_one_clear_line(int width, int height, int factor, long least, long most, string part)
    {
        var error = Assert.Throws<ArgumentException>(() => SmartResize.Fit(width, height, factor, least, most));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains($"{width}x{height}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", error.Message, StringComparison.Ordinal);
    }
}
