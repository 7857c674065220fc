namespace Kinora.Media;

/// <summary>Pillow's <c>thumbnail</c>: the largest size within limits that keeps the aspect ratio, never enlarging.</summary>
public static class PillowThumbnail
{
    /// <summary>Reduces a picture so that it fits.</summary>
    /// <param name="picture">The source.</param>
    /// <param name="maxWidth">Largest width, at least 1.</param>
    /// <param name="maxHeight">Largest height, at least 1.</param>
    /// <param name="filter">The filter of the last step.</param>
    /// <param name="reducingGap">If given, whole pixels are averaged first while the picture stays at least this many times as large as the target.</param>
    /// <returns>The reduced picture, or <paramref name="picture"/> itself if it fits already.</returns>
    public static Picture Thumbnail(Picture picture, int maxWidth, int maxHeight, ResampleFilter filter, double? reducingGap = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxHeight, 1);
        if (maxWidth >= picture.Width && maxHeight >= picture.Height)
        {
            return picture;
        }

        var (width, height) = Fit(picture, maxWidth, maxHeight);
        if (reducingGap is not double gap || filter == ResampleFilter.Nearest)
        {
            return PillowResize.Resize(picture, width, height, filter);
        }

        var across = Math.Max(1, (int)((double)picture.Width / width / gap));
        var down = Math.Max(1, (int)((double)picture.Height / height / gap));
        if (across == 1 && down == 1)
        {
            return PillowResize.Resize(picture, width, height, filter);
        }

        var alpha = picture.Channels is 2 or 4;
        var reduced = Reduce(alpha ? Alpha.Premultiply(picture) : picture, across, down);
        if (alpha)
        {
            Alpha.Unpremultiply(reduced);
        }

        return PillowResize.Resize(reduced, width, height, filter, (0, 0, (double)picture.Width / across, (double)picture.Height / down));
    }

    private static (int Width, int Height) Fit(Picture picture, int width, int height)
    {
        var aspect = (double)picture.Width / picture.Height;
        return (double)width / height >= aspect
            ? (Nearer(height * aspect, n => Math.Abs(aspect - (n / height))), height)
            : (width, Nearer(width / aspect, n => n == 0 ? 0 : Math.Abs(aspect - (width / n))));
    }

    private static int Nearer(double size, Func<double, double> distance)
    {
        var (low, high) = (Math.Floor(size), Math.Ceiling(size));
        return Math.Max(1, (int)(distance(high) < distance(low) ? high : low));
    }

    // Means of blocks; those at the right and lower edge may be smaller. The division is Pillow's multiplication with a rounded reciprocal.
    private static Picture Reduce(Picture picture, int across, int down)
    {
        var result = new Picture((picture.Width + across - 1) / across, (picture.Height + down - 1) / down, picture.Channels);
        for (var at = 0; at < result.Pixels.Length; at++)
        {
            var channel = at % picture.Channels;
            var x = at / picture.Channels % result.Width * across;
            var y = at / result.Stride * down;
            var (right, bottom) = (Math.Min(x + across, picture.Width), Math.Min(y + down, picture.Height));
            var area = (uint)((right - x) * (bottom - y));
            var sum = area / 2;
            for (var row = y; row < bottom; row++)
            {
                for (var column = x; column < right; column++)
                {
                    sum += picture.Pixels[(row * picture.Stride) + (column * picture.Channels) + channel];
                }
            }

            result.Pixels[at] = (byte)((sum * (uint)(4294967296.0 / (256.0 * area))) >> 24);
        }

        return result;
    }
}
