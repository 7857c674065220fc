namespace Kinora.Media.Tests;

public sealed class PictureShapingTests
{
    [Fact]
    public void A_picture_comes_out_with_the_size_that_was_planned()
    {
        var random = new Random(8);
        for (var round = 0; round < 200; round++)
        {
            var shaping = new PictureShaping { Crop = random.Next(2) == 0, Pad = random.Next(2) == 0, Stretch = random.Next(2) == 0, LeastPixels = random.Next(500), MostPixels = random.Next(600, 4000) };
            var picture = new Picture(random.Next(4, 90), random.Next(4, 90), 3);
            var shaped = shaping.Apply(picture);
            Assert.Equal(shaping.SizeOf(picture.Width, picture.Height), (shaped.Width, shaped.Height));
        }
    }

    [Fact]
    public void Cutting_comes_before_padding_and_padding_is_black()
    {
        var white = new Picture(40, 9, 3);
        white.Pixels.AsSpan().Fill(255);
        var shaped = new PictureShaping { Crop = true, Pad = true }.Apply(white);

        // 9 x 4/3 = 12 columns are left, in a square of 12 rows with one black row above and two below.
        Assert.Equal((12, 12), (shaped.Width, shaped.Height));
        Assert.All(Enumerable.Range(0, 12), row => Assert.Equal(row is 0 or 10 or 11 ? 0 : 255, shaped.Row(row)[17]));
    }

    [Fact]
    public void A_budget_lowers_both_limits()
    {
        var within = new PictureShaping { LeastPixels = 300, MostPixels = 900 }.Within(200);
        Assert.Equal((200, 200), (within.LeastPixels, within.MostPixels));
        Assert.Equal((300, 500), (new PictureShaping { LeastPixels = 300, MostPixels = 900 }.Within(500) is var more ? more.LeastPixels : 0, more.MostPixels));
    }
}
