namespace Kinora.Media;

/// <summary>
/// What PLLaVA does to the frames of all videos of a prompt before CLIP's processor sees them (arXiv 2404.16994; specification 2.3): one
/// short side for all, and long sides cut to the aspect of the video that is nearest to a square.
/// </summary>
/// <param name="ShortSide">Of all frames, in pixels.</param>
/// <param name="LongSide">To which longer ones are cut, in pixels.</param>
public readonly record struct PllavaResize(int ShortSide, int LongSide)
{
    private const int LongestSide = 640;
    private const long MostPixels = 1 << 26;

    /// <summary>Finds the sides for a prompt.</summary>
    /// <param name="videos">The size of each video's first frame, at least one.</param>
    /// <param name="shortestEdge">The short side that CLIP's processor resizes to; frames are never made smaller.</param>
    public static PllavaResize Of(IReadOnlyList<(int Width, int Height)> videos, int shortestEdge)
    {
        ArgumentNullException.ThrowIfNull(videos);
        var aspect = videos.Min(size => (double)Math.Max(size.Width, size.Height) / Math.Min(size.Width, size.Height));
        var longest = Math.Min(LongestSide, videos.Max(size => Math.Max(size.Width, size.Height)));

        // As in the original all fractions are cut off, and the aspect is rounded before it is multiplied: now and then a long side loses a pixel.
        var side = Math.Max(shortestEdge, Math.Min(videos.Max(size => Math.Min(size.Width, size.Height)), (int)(longest / aspect)));
        return new(side, (int)Math.Max(side, Math.Min(int.MaxValue, side * aspect)));
    }

    /// <summary>The size of a frame before it is cut; null if that would be too large to make.</summary>
    public (int Width, int Height)? Resized(int width, int height)
    {
        var longer = (long)ShortSide * Math.Max(width, height) / Math.Min(width, height);
        return longer * ShortSide > MostPixels ? null : width <= height ? (ShortSide, (int)longer) : ((int)longer, ShortSide);
    }

    /// <summary>A frame resized, bicubic with antialiasing, and cut.</summary>
    /// <param name="frame">Any size that <see cref="Resized"/> can do.</param>
    /// <param name="centred">Whether the middle of the long side stays; the original cuts off a quarter of what is too much at one end and three quarters at the other.</param>
    /// <exception cref="ArgumentException">A strip that would become too large.</exception>
    public Picture Apply(Picture frame, bool centred)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var (width, height) = Resized(frame.Width, frame.Height) ?? throw new ArgumentException($"A strip of {frame.Width}x{frame.Height} can't be brought to a shorter side of {ShortSide}.", nameof(frame));
        var resized = PillowResize.Resize(frame.ToRgb(), width, height, ResampleFilter.Bicubic);
        var surplus = Math.Max(width, height) - LongSide;
        if (surplus <= 0)
        {
            return resized;
        }

        var first = surplus / 2 / (centred ? 1 : 2);
        return width > height ? resized.Crop(first, 0, LongSide, height) : resized.Crop(0, first, width, LongSide);
    }
}
