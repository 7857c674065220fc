namespace Kinora.Media;

/// <summary>
/// Pictures of any size as an overview and square tiles (LLaVA-NeXT, Liu et al. 2024): a picture is brought, whole and with its aspect, into the best of a few sizes, which is cut into tiles, and once
/// more squashed into a single tile.
/// </summary>
/// <param name="Side">Side of a tile in pixels.</param>
/// <param name="Sizes">The sizes to choose from, each a whole number of tiles; the earlier wins a draw.</param>
public sealed record AnyResolution(int Side, IReadOnlyList<(int Width, int Height)> Sizes)
{
    /// <summary>The size that shows most of a picture's pixels, and of those the one with the least left over.</summary>
    public (int Width, int Height) Best(int width, int height)
    {
        var (best, most, least) = (Sizes[0], 0L, long.MaxValue);
        foreach (var size in Sizes)
        {
            var scale = Math.Min((double)size.Width / width, (double)size.Height / height);
            var shown = Math.Min((long)(width * scale) * (long)(height * scale), (long)width * height);
            var left = ((long)size.Width * size.Height) - shown;
            if (shown > most || (shown == most && left < least))
            {
                (best, most, least) = (size, shown, left);
            }
        }

        return best;
    }

    /// <summary>What a picture is resized to, so that it fits into a size with its aspect.</summary>
    public static (int Width, int Height) Fit((int Width, int Height) size, int width, int height)
    {
        var (across, down) = ((double)size.Width / width, (double)size.Height / height);
        return across < down
            ? (size.Width, Math.Min((int)Math.Ceiling(height * across), size.Height))
            : (Math.Min((int)Math.Ceiling(width * down), size.Width), size.Height);
    }

    /// <summary>The overview and the tiles of a picture, row by row; black where the picture doesn't reach.</summary>
    /// <param name="picture">Any size and channels.</param>
    /// <param name="tiles">Whether the tiles are wanted, too.</param>
    public IEnumerable<Picture> Tiles(Picture picture, bool tiles = true)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var rgb = picture.ToRgb();
        yield return PillowResize.Resize(rgb, Side, Side, ResampleFilter.Bicubic);
        if (!tiles)
        {
            yield break;
        }

        var size = Best(rgb.Width, rgb.Height);
        var (width, height) = Fit(size, rgb.Width, rgb.Height);
        var canvas = new Picture(size.Width, size.Height, 3);
        canvas.Paste(PillowResize.Resize(rgb, width, height, ResampleFilter.Bicubic), (size.Width - width) / 2, (size.Height - height) / 2);
        for (var top = 0; top < size.Height; top += Side)
        {
            for (var left = 0; left < size.Width; left += Side)
            {
                yield return canvas.Crop(left, top, Side, Side);
            }
        }
    }

    /// <summary>Which part of a map of features over the chosen size shows the picture, and not what was put around it.</summary>
    /// <param name="columns">Columns of the map.</param>
    /// <param name="rows">Rows of the map.</param>
    /// <param name="width">Of the picture.</param>
    /// <param name="height">Of the picture.</param>
    /// <returns>Columns and rows to leave out at either side.</returns>
    /// <remarks>The new size is cut off to a whole number, and so is half of what is left over: an odd rest keeps one row or column more, as in the original.</remarks>
    public static (int Columns, int Rows) Padding(int columns, int rows, int width, int height)
        => (double)width / height > (double)columns / rows
            ? (0, (rows - (int)(height * ((double)columns / width))) / 2)
            : ((columns - (int)(width * ((double)rows / height))) / 2, 0);
}
