namespace Kinora.Media;

/// <summary>A decoded picture: 8-bit samples in row-major order, [height, width, channels].</summary>
/// <remarks>Frames of a clip that show the same moment share one object, so nobody may write into <see cref="Pixels"/> of a picture that was handed out.</remarks>
public sealed class Picture
{
    /// <summary>A picture over existing samples, which are not copied.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 grey, 2 grey with alpha, 3 RGB, 4 RGBA.</param>
    /// <param name="pixels">Exactly height x width x channels samples.</param>
    /// <exception cref="ArgumentException">The samples don't fill the picture.</exception>
    public Picture(int width, int height, int channels, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 4);
        if (pixels.LongLength != (long)width * height * channels)
        {
            throw new ArgumentException($"{pixels.LongLength} samples don't fill a picture of {width}x{height} with {channels} channels.", nameof(pixels));
        }

        Width = width;
        Height = height;
        Channels = channels;
        Pixels = pixels;
    }

    /// <summary>A black picture (all samples 0).</summary>
    public Picture(int width, int height, int channels)
        : this(width, height, channels, new byte[checked(Math.Max(width, 0) * Math.Max(height, 0) * Math.Max(channels, 0))])
    {
    }

    /// <summary>A picture whose samples are anything, for code that writes every one of them.</summary>
    internal static Picture Uninitialised(int width, int height, int channels)
        => new(width, height, channels, GC.AllocateUninitializedArray<byte>(checked(width * height * channels)));

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Samples per pixel: 1 grey, 2 grey with alpha, 3 RGB, 4 RGBA.</summary>
    public int Channels { get; }

    /// <summary>The samples, [height, width, channels].</summary>
    public byte[] Pixels { get; }

    /// <summary>Bytes of one row.</summary>
    public int Stride => Width * Channels;

    /// <summary>The samples of one row, [width, channels].</summary>
    public ReadOnlySpan<byte> Row(int y) => Pixels.AsSpan(y * Stride, Stride);

    /// <summary>
    /// The picture as RGB: grey becomes three equal channels, alpha is dropped and not blended, so that colours hidden under
    /// transparency appear, as in Pillow's <c>convert("RGB")</c>. Returns this object when it is RGB already.
    /// </summary>
    public Picture ToRgb()
    {
        if (Channels == 3)
        {
            return this;
        }

        var rgb = new Picture(Width, Height, 3);
        var grey = Channels < 3;
        for (int from = 0, to = 0; to < rgb.Pixels.Length; from += Channels, to += 3)
        {
            rgb.Pixels[to] = Pixels[from];
            rgb.Pixels[to + 1] = Pixels[grey ? from : from + 1];
            rgb.Pixels[to + 2] = Pixels[grey ? from : from + 2];
        }

        return rgb;
    }

    /// <summary>A copy of a rectangle that lies inside the picture.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is empty or reaches outside.</exception>
    public Picture Crop(int left, int top, int width, int height)
    {
        if (left < 0 || top < 0 || width < 1 || height < 1 || left > Width - width || top > Height - height)
        {
            throw new ArgumentOutOfRangeException(nameof(left), $"The rectangle {width}x{height} at ({left}, {top}) doesn't lie inside a picture of {Width}x{Height}.");
        }

        var part = new Picture(width, height, Channels);
        for (var y = 0; y < height; y++)
        {
            Row(top + y).Slice(left * Channels, part.Stride).CopyTo(part.Pixels.AsSpan(y * part.Stride));
        }

        return part;
    }

    /// <summary>Copies another picture of the same number of channels into this one; what reaches outside is left out. Only for pictures that nobody else has seen yet.</summary>
    internal void Paste(Picture other, int left, int top)
    {
        var first = Math.Max(0, -left);
        var count = Math.Min(other.Width, Width - left) - first;
        for (var y = Math.Max(0, -top); count > 0 && y < other.Height && top + y < Height; y++)
        {
            other.Row(y).Slice(first * Channels, count * Channels).CopyTo(Pixels.AsSpan(((top + y) * Stride) + ((left + first) * Channels)));
        }
    }
}
