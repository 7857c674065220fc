namespace Kinora.Media.Tests;

/// <summary>The sheet of frames.</summary>
public sealed class ContactSheetTests
{
    [Fact]
    public void Frames_stand_in_a_grid_with_their_labels()
    {
        var frames = Enumerable.Range(0, 5).Select(i => new ClipFrame(Filled((byte)(40 * (i + 1))), i * 1.25, i * 10)).ToArray();
        var sheet = ContactSheet.Render(new Clip(new MediaInfo { Path = "x", Kind = MediaKind.Video }, frames));

        // Three columns, two rows; cells of 106x50 (pictures are 100 wide, "#40 5.00s" is 106), gaps of 6, labels of 26.
        Assert.Equal((6 + (3 * 112), 6 + (2 * 76), 3), (sheet.Width, sheet.Height, sheet.Channels));
        for (var at = 0; at < 5; at++)
        {
            var (x, y) = (6 + (at % 3 * 112) + 50, 6 + (at / 3 * 76) + 25);
            Assert.Equal(40 * (at + 1), sheet.Pixels[((y * sheet.Width) + x) * 3]);
        }

        // The sixth cell stays black, and every frame has white dots below it.
        Assert.Equal(0, sheet.Pixels[(((6 + 76 + 25) * sheet.Width) + 6 + 224 + 50) * 3]);
        Assert.Contains(byte.MaxValue, sheet.Row(6 + 50 + 3).ToArray());
    }

    [Fact]
    public void Digits_are_drawn_as_dots()
    {
        var picture = new Picture(11, 7, 3);
        DotFont.Draw(picture, "1.", 0, 0, 1);
        var dots = Enumerable.Range(0, 7).Select(y => string.Concat(Enumerable.Range(0, 11).Select(x => picture.Pixels[((y * 11) + x) * 3] > 0 ? '#' : '-')));
        Assert.Equal(["--#--------", "-##--------", "--#--------", "--#--------", "--#--------", "--#-----##-", "-###----##-"], dots);
    }

    [Fact]
    public void Labels_never_reach_the_next_column()
    {
        // Two frames of 2x2 pixels whose labels are far wider than they are.
        var frames = new[] { new ClipFrame(new Picture(2, 2, 3), 3599.99, 123456), new ClipFrame(new Picture(2, 2, 3), 3600, 123457) };
        var sheet = ContactSheet.Render(new Clip(new MediaInfo { Path = "x", Kind = MediaKind.Video }, frames));
        var second = 6 + ((sheet.Width - 6) / 2);
        for (var y = 0; y < sheet.Height; y++)
        {
            Assert.All(Enumerable.Range(second - 6, 6), x => Assert.Equal(0, sheet.Pixels[((y * sheet.Width) + x) * 3]));
        }

        Assert.Contains(byte.MaxValue, Enumerable.Range(0, sheet.Height).SelectMany(y => sheet.Row(y)[..(second * 3)].ToArray()));
    }

    private static Picture Filled(byte value)
    {
        var picture = new Picture(100, 50, 3);
        picture.Pixels.AsSpan().Fill(value);
        return picture;
    }
}
