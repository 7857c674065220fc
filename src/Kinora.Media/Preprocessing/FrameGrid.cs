namespace Kinora.Media;

/// <summary>Frames of a video as one picture: a square grid, row by row, with white bands between the frames (IG-VLM, Kim et al. 2024; ShareGPT4Video, Chen et al. 2024).</summary>
public static class FrameGrid
{
    /// <summary>Width of the bands in pixels, whatever the size of the frames.</summary>
    public const int Band = 50;

    /// <summary>The longest side of a grid; larger ones are reduced.</summary>
    public const int LongestSide = 1920;

    private const byte White = 255;

    /// <summary>Cells along a side for a number of frames.</summary>
    public static int Cells(int frames) => (int)Math.Ceiling(Math.Sqrt(frames));

    /// <summary>Size of the grid before it is reduced.</summary>
    public static (long Width, long Height) FullSize(int frames, int width, int height)
    {
        var cells = Cells(frames);
        return (((long)cells * width) + ((cells - 1) * Band), ((long)cells * height) + ((cells - 1) * Band));
    }

    /// <summary>Size of the grid as the model gets it.</summary>
    public static (int Width, int Height) Size(int frames, int width, int height)
    {
        var (fullWidth, fullHeight) = FullSize(frames, width, height);
        return Limit(fullWidth, fullHeight);
    }

    /// <summary>A size with its longer side reduced to <see cref="LongestSide"/>. In doubles and in this order: 2710 * (1920 / 2710) is cut off to 1919.</summary>
    public static (int Width, int Height) Limit(long width, long height)
    {
        if (Math.Max(width, height) <= LongestSide)
        {
            return ((int)width, (int)height);
        }

        var factor = width > height ? LongestSide / (double)width : LongestSide / (double)height;
        return (Math.Max(1, (int)(width * factor)), Math.Max(1, (int)(height * factor)));
    }

    /// <summary>Puts frames into a grid.</summary>
    /// <param name="frames">At least one, all of the size of the first; empty cells are white.</param>
    /// <exception cref="ArgumentException">No frames, frames of different sizes, or a grid of more than 2 GiB.</exception>
    public static Picture Compose(IReadOnlyList<Picture> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0 || frames.Any(frame => (frame.Width, frame.Height) != (frames[0].Width, frames[0].Height)))
        {
            throw new ArgumentException("A grid needs frames, all of one size.", nameof(frames));
        }

        var (width, height) = (frames[0].Width, frames[0].Height);
        var full = FullSize(frames.Count, width, height);
        if (full.Width * full.Height * 3 > Array.MaxLength)
        {
            throw new ArgumentException($"{frames.Count} frames of {width}x{height} make a grid of more than 2 GiB.", nameof(frames));
        }

        var grid = new Picture((int)full.Width, (int)full.Height, 3);
        grid.Pixels.AsSpan().Fill(White);
        var cells = Cells(frames.Count);
        for (var number = 0; number < frames.Count; number++)
        {
            grid.Paste(frames[number].ToRgb(), number % cells * (width + Band), number / cells * (height + Band));
        }

        var (reducedWidth, reducedHeight) = Size(frames.Count, width, height);
        return PillowResize.Resize(grid, reducedWidth, reducedHeight, ResampleFilter.Bilinear);
    }
}
