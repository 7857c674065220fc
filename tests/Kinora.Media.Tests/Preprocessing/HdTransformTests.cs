namespace Kinora.Media.Tests.Preprocessing;

/// <summary>Sizes are those that follow from the published rule for tiles of 336 pixels; pixels are compared with the original in golden cases.</summary>
public class HdTransformTests
{
    [Theory]
    [InlineData(336, 336, 9, 1008, 1008)]
    [InlineData(336, 336, 25, 1680, 1680)]
    [InlineData(640, 480, 9, 1008, 1008)]
    [InlineData(1280, 720, 9, 1008, 672)]
    [InlineData(1280, 1490, 9, 1008, 1008)]
    [InlineData(720, 1280, 9, 672, 1008)]
    [InlineData(720, 2610, 9, 672, 1344)]
    [InlineData(800, 600, 16, 1344, 1008)]
    [InlineData(800, 600, 25, 1680, 1344)]
    [InlineData(1920, 1080, 25, 2016, 1344)]
    [InlineData(1920, 1080, 55, 3024, 2016)]
    [InlineData(5000, 300, 9, 3024, 336)]
    [InlineData(300, 5000, 25, 336, 5376)]
    [InlineData(1620, 3720, 16, 1008, 1680)]
    [InlineData(820, 22820, 16, 336, 5376)]
    [InlineData(1, 1, 1, 336, 336)]
    [InlineData(1, 100_000, 16, 336, 5376)]
    public void Sizes_are_whole_tiles(int width, int height, int most, int finalWidth, int finalHeight)
        => Assert.Equal((finalWidth, finalHeight), HdTransform.Size(width, height, most, 336));

    [Theory]
    [InlineData(40, 30)]
    [InlineData(30, 40)]
    [InlineData(56, 5)]
    [InlineData(3, 70)]
    public void A_picture_keeps_its_middle_and_gets_white_edges(int width, int height)
    {
        const int Side = 28;
        var picture = new Picture(width, height, 3);
        picture.Pixels.AsSpan().Fill(90);
        var (finalWidth, finalHeight) = HdTransform.Size(width, height, 9, Side);
        var made = HdTransform.Apply(picture, 9, Side);
        Assert.Equal((finalWidth, finalHeight), (made.Width, made.Height));
        Assert.Equal(90, made.Pixels[(finalHeight / 2 * made.Stride) + (finalWidth / 2 * 3)]);
        var filled = made.Pixels.Count(value => value == 90);
        Assert.Equal(made.Pixels.Length - filled, made.Pixels.Count(value => value == 255));

        // The longer side is filled; the shorter one has its share of it, to a pixel.
        var (longer, shorter) = (Math.Max(finalWidth, finalHeight), filled / 3 / Math.Max(finalWidth, finalHeight));
        Assert.Equal(filled, 3 * longer * shorter);
        Assert.InRange(shorter, (longer * Math.Min(width, height) / Math.Max(width, height)) - 1, (longer * Math.Min(width, height) / Math.Max(width, height)) + 1);
    }
}
