namespace Kinora.Media;

/// <summary>What Tarsier2 does to a picture before the model's own processor has it (Tarsier2, arXiv 2501.07888): cut, made square, and brought under a limit of pixels.</summary>
public sealed record PictureShaping
{
    /// <summary>Whether the longer side is cut in the middle to at most 4/3 of the shorter one: <c>do_crop</c>.</summary>
    public bool Crop { get; init; }

    /// <summary>Whether the picture is put into the middle of a black square: <c>do_padding</c>.</summary>
    public bool Pad { get; init; }

    /// <summary>Whether the picture is stretched to a square: <c>do_resize</c>.</summary>
    public bool Stretch { get; init; }

    /// <summary>Smaller pictures are enlarged: <c>min_pixels</c>.</summary>
    public long LeastPixels { get; init; }

    /// <summary>Larger pictures are reduced: <c>max_pixels</c>, 1280x720 / 2 by default.</summary>
    public long MostPixels { get; init; } = 460_800;

    /// <summary>The same with no more than this many pixels a picture.</summary>
    public PictureShaping Within(long pixels)
    {
        var most = Math.Min(MostPixels, pixels);
        return this with { MostPixels = most, LeastPixels = Math.Min(LeastPixels, most) };
    }

    /// <summary>The size of a picture when all is done.</summary>
    /// <exception cref="ArgumentException">As <see cref="SmartResize.Fit"/>.</exception>
    public (int Width, int Height) SizeOf(int width, int height)
    {
        if (Crop)
        {
            (width, height) = TarsierPreprocessing.FourThirds(width, height);
        }

        var side = Math.Max(width, height);
        return Pad || Stretch ? Fit(side, side) : Fit(width, height);
    }

    /// <summary>The picture when all is done.</summary>
    /// <param name="picture">RGB.</param>
    /// <exception cref="ArgumentException">As <see cref="SmartResize.Fit"/>.</exception>
    public Picture Apply(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var (width, height) = SizeOf(picture.Width, picture.Height);
        picture = Crop ? TarsierPreprocessing.CropToFourThirds(picture) : picture;
        picture = Pad ? TarsierPreprocessing.PadToSquare(picture, (0, 0, 0)) : picture;
        picture = Stretch ? TarsierPreprocessing.StretchToSquare(picture) : picture;
        return PillowResize.Resize(picture, width, height, ResampleFilter.Bicubic);
    }

    private (int Width, int Height) Fit(int width, int height) => SmartResize.Fit(width, height, 1, LeastPixels, MostPixels);
}
