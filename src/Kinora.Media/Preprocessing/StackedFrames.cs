namespace Kinora.Media;

/// <summary>Frames of a video one below the other in a single picture, as ShareCaptioner-Video's page puts them together (Chen et al. 2024, arXiv 2406.04325).</summary>
public static class StackedFrames
{
    private const byte White = 255;
    private const int Gap = 20;
    private const int LeastLabel = 100;
    private const int PairGap = 50;

    /// <summary>Size of the picture that <see cref="Labelled"/> makes of frames of one size.</summary>
    public static (long Width, long Height) LabelledSize(int frames, int width, int height) => (width + Gap + Label(width), ((long)frames * (height + Gap)) + Gap);

    /// <summary>All frames with their numbers, from 0, at the left, and lines between them.</summary>
    /// <param name="frames">At least one.</param>
    /// <remarks>The original writes the numbers in a font that it ships without a licence; here they are dots.</remarks>
    /// <exception cref="ArgumentException">No frames, or a picture of more than 2 GiB.</exception>
    public static Picture Labelled(IReadOnlyList<Picture> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        var width = frames.Max(frame => frame.Width);
        var label = Label(width);
        var canvas = Canvas(width + Gap + label, frames.Sum(frame => (long)frame.Height + Gap) + Gap);
        var y = Gap / 2;
        for (var number = 0; number < frames.Count; number++)
        {
            var frame = frames[number];
            canvas.Paste(frame.ToRgb(), label, y);
            DotFont.Draw(canvas, $"<IMAGE {number}>", 0, y + (frame.Height / 2), Math.Max(1, label / 5 / (DotFont.Width + DotFont.Height)), black: true);
            if (number < frames.Count - 1)
            {
                var line = y + frame.Height + (Gap / 2);
                canvas.Pixels.AsSpan(line * canvas.Stride, 2 * canvas.Stride).Clear();
            }

            y += frame.Height + Gap;
        }

        return canvas;
    }

    /// <summary>Size of the picture that <see cref="Pair"/> makes.</summary>
    public static (int Width, int Height) PairSize(int width, int height) => (width, (2 * height) + PairGap);

    /// <summary>Two frames with a white gap between them; the second is cut or padded to the first one's size.</summary>
    public static Picture Pair(Picture first, Picture second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var (width, height) = PairSize(first.Width, first.Height);
        var canvas = Canvas(width, height);
        canvas.Paste(first.ToRgb(), 0, 0);
        canvas.Paste(second.ToRgb(), 0, first.Height + PairGap);
        return canvas;
    }

    /// <summary>Frames in a grid of 5 columns and 6 rows on black, squeezed into 800x600: the layout of the published batch script.</summary>
    public static Picture BatchGrid(IReadOnlyList<Picture> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        const int Columns = 5;
        const int Rows = 6;
        var (width, height) = (frames[0].Width, frames[0].Height);
        var canvas = Canvas((long)Columns * width, (long)Rows * height);
        canvas.Pixels.AsSpan().Clear();
        for (var number = 0; number < Math.Min(frames.Count, Columns * Rows); number++)
        {
            canvas.Paste(frames[number].ToRgb(), number % Columns * width, number / Columns * height);
        }

        return PillowResize.Resize(canvas, 800, 600, ResampleFilter.Lanczos);
    }

    private static int Label(int width) => Math.Max(width / 4, LeastLabel);

    private static Picture Canvas(long width, long height)
    {
        if (width * height * 3 > Array.MaxLength)
        {
            throw new ArgumentException($"The frames make a picture of {width}x{height}, which is more than 2 GiB; use fewer or smaller ones.");
        }

        var canvas = new Picture((int)width, (int)height, 3);
        canvas.Pixels.AsSpan().Fill(White);
        return canvas;
    }
}
