namespace Kinora.Media;

/// <summary>What Tarsier does to a frame before the CLIP processor sees it (Tarsier, arXiv 2407.00634; specification 3.5).</summary>
public static class TarsierPreprocessing
{
    /// <summary>The mean colour of CLIP's training pictures, floor(255 x mean), with which squares are filled.</summary>
    public static (byte Red, byte Green, byte Blue) MeanColour => (122, 116, 104);

    /// <summary>Stretches an RGB picture to a square of its longer side, bicubic; a square stays as it is.</summary>
    public static Picture StretchToSquare(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var side = Math.Max(picture.Width, picture.Height);
        return PillowResize.Resize(picture, side, side, ResampleFilter.Bicubic);
    }

    /// <summary>Puts a picture into the middle of a square of its longer side.</summary>
    /// <param name="picture">Any channels; it becomes RGB.</param>
    /// <param name="colour">The colour around it, <see cref="MeanColour"/> if null.</param>
    public static Picture PadToSquare(Picture picture, (byte Red, byte Green, byte Blue)? colour = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.Width == picture.Height)
        {
            return picture;
        }

        var side = Math.Max(picture.Width, picture.Height);
        var square = new Picture(side, side, 3);
        var (red, green, blue) = colour ?? MeanColour;
        for (var at = 0; at < square.Pixels.Length; at += 3)
        {
            (square.Pixels[at], square.Pixels[at + 1], square.Pixels[at + 2]) = (red, green, blue);
        }

        square.Paste(picture.ToRgb(), (side - picture.Width) / 2, (side - picture.Height) / 2);
        return square;
    }

    /// <summary>Cuts the longer side in the middle to at most 4/3 of the shorter one.</summary>
    public static Picture CropToFourThirds(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var (width, height) = FourThirds(picture.Width, picture.Height);
        return width == picture.Width && height == picture.Height
            ? picture
            : picture.Crop((picture.Width - width) / 2, (picture.Height - height) / 2, width, height);
    }

    /// <summary>The size that <see cref="CropToFourThirds"/> leaves.</summary>
    internal static (int Width, int Height) FourThirds(int width, int height)
        => (Math.Min(width, (int)(height * 4.0 / 3.0)), Math.Min(height, (int)(width * 4.0 / 3.0)));
}
