namespace Kinora.Media.Tests;

/// <summary>PLLaVA's sizes, by the examples of the specification and by its rules worked out another way.</summary>
public sealed class PllavaResizeTests
{
    [Theory]
    [InlineData(720, 1280, 360, 640)]
    [InlineData(480, 640, 480, 640)]
    [InlineData(240, 320, 336, 448)]
    [InlineData(1080, 1920, 360, 640)]
    [InlineData(854, 480, 638, 359)]
    [InlineData(500, 500, 500, 500)]
    [InlineData(1, 1, 336, 336)]
    public void One_video_keeps_its_aspect(int height, int width, int resizedHeight, int resizedWidth)
    {
        var resize = PllavaResize.Of([(width, height)], 336);
        Assert.Equal((resizedWidth, resizedHeight), resize.Resized(width, height));
        var made = resize.Apply(new Picture(width, height, 4), centred: true);
        Assert.Equal((resizedWidth, resizedHeight), (made.Width, made.Height));
    }

    [Fact]
    public void Several_videos_get_one_short_side_and_the_aspect_nearest_to_a_square()
    {
        // 96:60 is nearest; the short side is 60 of the first, which 160 / 1.6 allows; 200x50 becomes 240x60, of which 144 are too much.
        var resize = PllavaResize.Of([(96, 60), (200, 50)], 40);
        Assert.Equal(new PllavaResize(60, 96), resize);
        Assert.Equal((240, 60), resize.Resized(200, 50));
        var wide = new Picture(240, 60, 3, [.. Enumerable.Range(0, 60).SelectMany(_ => Enumerable.Range(0, 240).SelectMany(x => new[] { (byte)x, (byte)x, (byte)x }))]);
        Assert.Equal(72, resize.Apply(wide, centred: true).Pixels[0]);
        Assert.Equal(36, resize.Apply(wide, centred: false).Pixels[0]);
        Assert.Equal((96, 60), Size(resize.Apply(wide, centred: true)));

        var tall = new Picture(60, 241, 3, [.. Enumerable.Range(0, 241).SelectMany(y => Enumerable.Repeat((byte)y, 180))]);
        Assert.Equal((60, 96), Size(resize.Apply(tall, centred: true)));
        Assert.Equal((72, 36), (resize.Apply(tall, centred: true).Pixels[0], resize.Apply(tall, centred: false).Pixels[0]));
    }

    [Fact]
    public void Long_sides_lose_a_pixel_where_the_rounded_aspect_falls_short()
    {
        // The rounded aspect times the side may come to a little less than the whole number that the exact product is; then the original cuts one pixel off.
        var found = 0;
        for (var width = 337; width < 640; width++)
        {
            for (var height = 337; height < width; height++)
            {
                var resize = PllavaResize.Of([(width, height)], 336);
                var (resized, _) = resize.Resized(width, height)!.Value;
                Assert.InRange(resized - resize.LongSide, 0, 1);
                found += resized - resize.LongSide;
            }
        }

        Assert.InRange(found, 1, 5000);
    }

    [Fact]
    public void Strips_that_would_become_giants_are_refused()
    {
        var resize = PllavaResize.Of([(100_000, 1)], 336);
        Assert.Null(resize.Resized(100_000, 1));
        Assert.Contains("100000x1", Assert.Throws<ArgumentException>(() => resize.Apply(new Picture(100_000, 1, 3), centred: true)).Message, StringComparison.Ordinal);
        Assert.Equal(int.MaxValue, PllavaResize.Of([(int.MaxValue, 1)], 4096).LongSide);
    }

    private static (int, int) Size(Picture picture) => (picture.Width, picture.Height);
}
