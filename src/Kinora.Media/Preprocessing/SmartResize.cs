using System.Globalization;

namespace Kinora.Media;

/// <summary>The size that Qwen2-VL brings a picture to (Wang et al. 2024): about its own aspect, both sides a multiple of a factor, the area within limits.</summary>
public static class SmartResize
{
    /// <summary>The longest side over the shortest one that is taken.</summary>
    public const int LargestAspect = 200;

    /// <summary>The size of a picture when it is resized.</summary>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <param name="factor">Both sides become a multiple of it: the side of a merged patch, or 1.</param>
    /// <param name="leastPixels">The smallest area, which may be missed by the last rounding.</param>
    /// <param name="mostPixels">The largest area.</param>
    /// <exception cref="ArgumentException">A side below the factor, an aspect above <see cref="LargestAspect"/>, or a strip of which nothing would be left.</exception>
    public static (int Width, int Height) Fit(int width, int height, int factor, long leastPixels, long mostPixels)
    {
        if (Math.Min(width, height) < factor)
        {
            throw new ArgumentException($"a picture of {width}x{height} pixels is too small, this model takes no side below {factor} pixels (patch_size x merge_size of preprocessor_config.json); use a larger one");
        }

        if (Math.Max(width, height) > (long)LargestAspect * Math.Min(width, height))
        {
            throw new ArgumentException($"a picture of {width}x{height} pixels is too long a strip, this model takes at most {LargestAspect} times as much along one side as along the other; cut it");
        }

        // The reference rounds in double precision, halves to the even number.
        var (fitWidth, fitHeight) = (Nearest(width), Nearest(height));
        var area = (double)width * height;
        if ((long)fitWidth * fitHeight > mostPixels)
        {
            var shrink = Math.Sqrt(area / mostPixels);
            (fitWidth, fitHeight) = ((int)Math.Floor(width / shrink / factor) * factor, (int)Math.Floor(height / shrink / factor) * factor);
        }
        else if ((long)fitWidth * fitHeight < leastPixels)
        {
            var stretch = Math.Sqrt(leastPixels / area);
            (fitWidth, fitHeight) = (Larger(width * stretch / factor), Larger(height * stretch / factor));
        }

        return fitWidth > 0 && fitHeight > 0
            ? (fitWidth, fitHeight)
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"a strip of {width}x{height} pixels has nothing left on one side when it is brought to {mostPixels} pixels in steps of {factor}; cut it, or allow more pixels (max_pixels)"));

        int Nearest(int side) => checked((int)(Math.Round((double)side / factor, MidpointRounding.ToEven) * factor));

        int Larger(double steps) => checked((int)(Math.Ceiling(steps) * factor));
    }
}
