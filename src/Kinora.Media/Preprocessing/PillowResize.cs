using System.Buffers;
using System.Runtime.Intrinsics.X86;

namespace Kinora.Media;

/// <summary>
/// Resizing with the bytes of Pillow up to version 12: antialiased filters, horizontal pass first, each pass rounded to 8 bits.
/// </summary>
/// <remarks>Models were trained on pictures reduced exactly so; another resizer's rounding shows in their answers.</remarks>
public static unsafe class PillowResize
{
    /// <summary>Resizes a picture, or a rectangle of it.</summary>
    /// <param name="picture">1 to 4 channels; 2 and 4 are taken as having alpha, which weights the colours (not for nearest).</param>
    /// <param name="width">Pixels of a target row, at least 1.</param>
    /// <param name="height">Target rows, at least 1.</param>
    /// <param name="filter">The resampling filter.</param>
    /// <param name="box">The source rectangle in pixels, fractions allowed; the whole picture if null.</param>
    /// <returns>The resized picture, or <paramref name="picture"/> itself when nothing changes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1, an unknown filter, or a box that is empty or reaches outside.</exception>
    public static Picture Resize(Picture picture, int width, int height, ResampleFilter filter, (double Left, double Top, double Right, double Bottom)? box = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return Resize(picture, width, height, filter, box, Avx2.IsSupported);
    }

    internal static Picture Resize(Picture picture, int width, int height, ResampleFilter filter, (double Left, double Top, double Right, double Bottom)? box, bool vectors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var (left, top, right, bottom) = box ?? (0.0, 0.0, picture.Width, picture.Height);
        if (!(left >= 0 && top >= 0 && right <= picture.Width && bottom <= picture.Height && left < right && top < bottom))
        {
            throw new ArgumentOutOfRangeException(nameof(box), $"The box ({left}, {top}, {right}, {bottom}) is empty or reaches outside a picture of {picture.Width}x{picture.Height}.");
        }

        if (width == picture.Width && height == picture.Height && left == 0 && top == 0 && right == width && bottom == height)
        {
            return picture;
        }

        if (filter == ResampleFilter.Nearest)
        {
            return Nearest(picture, width, height, (left, top, right, bottom));
        }

        var alpha = picture.Channels is 2 or 4;
        var source = alpha ? Alpha.Premultiply(picture) : picture;
        var result = Passes(source, width, height, filter, ((float)left, (float)top, (float)right, (float)bottom), vectors);
        if (alpha)
        {
            Alpha.Unpremultiply(result);
        }

        return result;
    }

    private static Picture Passes(Picture source, int width, int height, ResampleFilter filter, (float Left, float Top, float Right, float Bottom) box, bool vectors)
    {
        // The size of the whole picture counts here, not that of the box: a pass is left out only if it would change nothing.
        var sideways = width != source.Width || box.Left != 0 || box.Right != width;
        var upright = height != source.Height || box.Top != 0 || box.Bottom != height;
        if (!upright)
        {
            var only = Picture.Uninitialised(width, height, source.Channels);
            Horizontal(source, 0, height, ResampleWeights.For(source.Width, box.Left, box.Right, width, filter), only.Pixels, vectors);
            return only;
        }

        var vertical = ResampleWeights.For(source.Height, box.Top, box.Bottom, height, filter);
        if (!sideways)
        {
            return Vertical(source.Pixels, 0, width, height, source.Channels, vertical, vectors);
        }

        // Only the rows that the vertical pass will read.
        var firstRow = vertical.First[0];
        var rows = vertical.First[^1] + vertical.Count[^1] - firstRow;
        var between = ArrayPool<byte>.Shared.Rent(checked(rows * width * source.Channels));
        try
        {
            Horizontal(source, firstRow, rows, ResampleWeights.For(source.Width, box.Left, box.Right, width, filter), between, vectors);
            return Vertical(between, firstRow, width, height, source.Channels, vertical, vectors);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(between);
        }
    }

    private static void Horizontal(Picture source, int firstRow, int rows, ResampleWeights weights, byte[] target, bool vectors)
    {
        var inputStride = source.Stride;
        var outputStride = weights.First.Length * source.Channels;

        // Rows pass through scratch with slack at the end, so that full vectors may be read and written.
        var scratch = ArrayPool<byte>.Shared.Rent(inputStride + outputStride + (2 * ResamplePasses.Slack));
        fixed (byte* from = scratch)
        {
            var to = from + inputStride + ResamplePasses.Slack;
            for (var y = 0; y < rows; y++)
            {
                source.Row(firstRow + y).CopyTo(new Span<byte>(from, inputStride));
                if (vectors)
                {
                    ResamplePasses.HorizontalAvx2(from, to, source.Channels, weights);
                }
                else
                {
                    ResamplePasses.HorizontalPlain(from, to, source.Channels, weights);
                }

                new ReadOnlySpan<byte>(to, outputStride).CopyTo(target.AsSpan(y * outputStride));
            }
        }

        ArrayPool<byte>.Shared.Return(scratch);
    }

    private static Picture Vertical(byte[] source, int firstRow, int width, int height, int channels, ResampleWeights weights, bool vectors)
    {
        var result = Picture.Uninitialised(width, height, channels);
        var stride = result.Stride;
        fixed (byte* from = source, to = result.Pixels)
        fixed (int* taps = weights.Taps)
        {
            for (var y = 0; y < height; y++)
            {
                var rows = from + ((long)(weights.First[y] - firstRow) * stride);
                var row = taps + ((long)y * weights.TapsPerOutput);
                if (vectors)
                {
                    ResamplePasses.VerticalAvx2(rows, stride, row, weights.Count[y], to + ((long)y * stride), stride);
                }
                else
                {
                    ResamplePasses.VerticalPlain(rows, stride, row, weights.Count[y], to + ((long)y * stride), 0, stride);
                }
            }
        }

        return result;
    }

    private static Picture Nearest(Picture source, int width, int height, (double Left, double Top, double Right, double Bottom) box)
    {
        var result = new Picture(width, height, source.Channels);
        var columns = Positions(box.Left, box.Right, width, source.Width);
        var rows = Positions(box.Top, box.Bottom, height, source.Height);
        var channels = source.Channels;
        for (var y = 0; y < height; y++)
        {
            var from = source.Row(rows[y]);
            var to = result.Pixels.AsSpan(y * result.Stride, result.Stride);
            for (var x = 0; x < width; x++)
            {
                from.Slice(columns[x] * channels, channels).CopyTo(to[(x * channels)..]);
            }
        }

        return result;
    }

    // The step is added again and again, as Pillow does: multiplying would land on other pixels.
    private static int[] Positions(double from, double to, int count, int limit)
    {
        var positions = new int[count];
        double step = (double)((float)to - (float)from) / count;
        var at = (float)from + (step * 0.5);
        for (var index = 0; index < count; index++, at += step)
        {
            positions[index] = Math.Min((int)at, limit - 1);
        }

        return positions;
    }
}
