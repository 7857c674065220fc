namespace Kinora.Media;

/// <summary>Alpha weighting around a resize, in Pillow's integer arithmetic; alpha is the last of 2 or 4 channels.</summary>
internal static class Alpha
{
    /// <summary>A copy with colours multiplied by alpha/255, rounded.</summary>
    public static Picture Premultiply(Picture picture)
    {
        var result = new Picture(picture.Width, picture.Height, picture.Channels);
        var colours = picture.Channels - 1;
        for (var at = 0; at < result.Pixels.Length; at += picture.Channels)
        {
            var alpha = picture.Pixels[at + colours];
            for (var channel = 0; channel < colours; channel++)
            {
                var product = (picture.Pixels[at + channel] * alpha) + 128;
                result.Pixels[at + channel] = (byte)(((product >> 8) + product) >> 8);
            }

            result.Pixels[at + colours] = alpha;
        }

        return result;
    }

    /// <summary>Divides the colours by alpha/255 again, in place; fully clear and fully opaque pixels stay.</summary>
    public static void Unpremultiply(Picture picture)
    {
        var colours = picture.Channels - 1;
        for (var at = 0; at < picture.Pixels.Length; at += picture.Channels)
        {
            var alpha = picture.Pixels[at + colours];
            for (var channel = 0; alpha is not (0 or 255) && channel < colours; channel++)
            {
                picture.Pixels[at + channel] = (byte)Math.Min(255, 255 * picture.Pixels[at + channel] / alpha);
            }
        }
    }
}
