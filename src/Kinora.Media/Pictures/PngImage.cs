namespace Kinora.Media;

/// <summary>The stored samples of a PNG, and what Pillow makes of them.</summary>
/// <param name="Header">Size and sample layout.</param>
/// <param name="Palette">RGB triples of colour type 3.</param>
/// <param name="Samples">[height, width, samples], big-endian pairs if the depth is 16.</param>
internal sealed record PngImage(PngHeader Header, byte[] Palette, byte[] Samples)
{
    /// <summary>
    /// The picture with its own channels: 16-bit grey clips at 255, other 16-bit samples give their upper byte, palettes become
    /// RGB with entries that the file lacks being black, fewer bits of grey spread over 0..255.
    /// </summary>
    public Picture ToPicture()
    {
        if (Header.ColourType == PngHeader.Palette)
        {
            return FromPalette();
        }

        var picture = new Picture(Header.Width, Header.Height, Header.SamplesPerPixel);
        var pixels = picture.Pixels;
        if (Header.BitDepth == 8)
        {
            Samples.CopyTo(pixels, 0);
        }
        else if (Header.BitDepth == 16)
        {
            var clips = Header.ColourType == PngHeader.Grey;
            for (var at = 0; at < pixels.Length; at++)
            {
                pixels[at] = !clips ? Samples[2 * at] : Samples[2 * at] > 0 ? byte.MaxValue : Samples[(2 * at) + 1];
            }
        }
        else
        {
            var factor = 255 / ((1 << Header.BitDepth) - 1);
            for (var at = 0; at < pixels.Length; at++)
            {
                pixels[at] = (byte)(Samples[at] * factor);
            }
        }

        return picture;
    }

    private Picture FromPalette()
    {
        var picture = new Picture(Header.Width, Header.Height, 3);
        for (var at = 0; at < Samples.Length; at++)
        {
            var entry = Samples[at] * 3;
            if (entry + 3 <= Palette.Length)
            {
                Palette.AsSpan(entry, 3).CopyTo(picture.Pixels.AsSpan(at * 3));
            }
        }

        return picture;
    }
}
