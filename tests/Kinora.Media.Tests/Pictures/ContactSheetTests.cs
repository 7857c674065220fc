namespace Kinora.Media.Tests;

/// <summary>The sheet of frames.</summary>
public sealed class ContactSheetTests
{
    [Fact]
    public void Frames_stand_in_a_grid_with_their_labels()
    {
        var frames = Enumerable.Range(0, 5).Select(i => new ClipFrame(Filled((byte)(40 * (i + 1))), i * 1.25, i * 10)).ToArray();
        var sheet = ContactSheet.Render(new Clip(new MediaInfo { Path = "x", Kind = MediaKind.Video }, frames));

        // Three columns, two rows; cells of 100x50, gaps of 4, labels of 18.
        Assert.Equal((4 + (3 * 104), 4 + (2 * 68), 3), (sheet.Width, sheet.Height, sheet.Channels));
        for (var at = 0; at < 5; at++)
        {
            var (x, y) = (4 + (at % 3 * 104) + 50, 4 + (at / 3 * 68) + 25);
            Assert.Equal(40 * (at + 1), sheet.Pixels[((y * sheet.Width) + x) * 3]);
        }

        // The sixth cell stays black, and every frame has white dots below it.
        Assert.Equal(0, sheet.Pixels[(((4 + 68 + 25) * sheet.Width) + 4 + 208 + 50) * 3]);
        Assert.Contains(byte.MaxValue, sheet.Row(4 + 50 + 4).ToArray());
    }

    [Fact]
    public void Digits_are_drawn_as_dots()
    {
        var picture = new Picture(8, 5, 3);
        DigitFont.Draw(picture, "1.", 0, 0, 1);
        var dots = Enumerable.Range(0, 5).Select(y => string.Concat(Enumerable.Range(0, 8).Select(x => picture.Pixels[((y * 8) + x) * 3] > 0 ? '#' : '-')));
        Assert.Equal(["-#------", "##------", "-#------", "-#------", "###--#--"], dots);
    }

    private static Picture Filled(byte value)
    {
        var picture = new Picture(100, 50, 3);
        picture.Pixels.AsSpan().Fill(value);
        return picture;
    }
}
