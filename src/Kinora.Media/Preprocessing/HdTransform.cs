namespace Kinora.Media;

/// <summary>
/// How InternLM-XComposer2-4KHD (Dong et al. 2024, arXiv 2404.06512) brings a picture to whole tiles: enlarged or reduced to as many tiles as allowed, with its aspect, and padded with white. Tall
/// pictures are transposed (mirrored along the main diagonal) before and after.
/// </summary>
public static class HdTransform
{
    private const byte White = 255;

    /// <summary>Where a picture comes to lie.</summary>
    /// <param name="width">Of the picture.</param>
    /// <param name="height">Of the picture.</param>
    /// <param name="most">The most tiles.</param>
    /// <param name="side">Side of a tile in pixels.</param>
    /// <returns>The size that comes out, a multiple of the side both ways.</returns>
    public static (int Width, int Height) Size(int width, int height, int most, int side)
    {
        var (across, _, padded) = Steps(Math.Max(width, height), Math.Min(width, height), most, side);
        return width < height ? (padded, across) : (across, padded);
    }

    /// <summary>Transforms a picture.</summary>
    /// <param name="picture">Any size and channels.</param>
    /// <param name="most">The most tiles, at least 1.</param>
    /// <param name="side">Side of a tile in pixels.</param>
    /// <returns>RGB, of the size that <see cref="Size"/> tells.</returns>
    public static Picture Apply(Picture picture, int most, int side)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var rgb = picture.ToRgb();
        var isTall = rgb.Width < rgb.Height;
        rgb = isTall ? Transposed(rgb) : rgb;
        var (width, height, padded) = Steps(rgb.Width, rgb.Height, most, side);
        var canvas = new Picture(width, padded, 3);
        canvas.Pixels.AsSpan().Fill(White);
        canvas.Paste(PillowResize.Resize(rgb, width, height, ResampleFilter.Bilinear), 0, (padded - height) / 2);
        return isTall ? Transposed(canvas) : canvas;
    }

    /// <summary>Width and height of a wide picture after resizing, and its height with padding.</summary>
    private static (int Width, int Height, int Padded) Steps(int width, int height, int most, int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var (ratio, tiles) = ((double)width / height, 1);
        while ((tiles + 1) * Math.Ceiling((tiles + 1) / ratio) <= most)
        {
            tiles++;
        }

        var newWidth = tiles * side;

        // A strip thinner than a pixel would vanish.
        var newHeight = Math.Max(1, (int)(newWidth / ratio));
        return (newWidth, newHeight, (newHeight + side - 1) / side * side);
    }

    private static Picture Transposed(Picture picture)
    {
        var result = new Picture(picture.Height, picture.Width, 3);
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                picture.Pixels.AsSpan(((y * picture.Width) + x) * 3, 3).CopyTo(result.Pixels.AsSpan(((x * picture.Height) + y) * 3));
            }
        }

        return result;
    }
}
