namespace Kinora.Media;

/// <summary>A font of 5x7 dots for labels and short texts.</summary>
internal static class DotFont
{
    public const int Width = 5;
    public const int Height = 7;

    /// <summary>Pixels that a text takes from its first dot to its last.</summary>
    public static int WidthOf(string text, int scale) => Math.Max(0, (text.Length * (Width + 1)) - 1) * scale;

    /// <summary>Draws white or black dots of <paramref name="scale"/> pixels into an RGB picture; unknown characters are blanks, what reaches outside is left out.</summary>
    public static void Draw(Picture picture, string text, int left, int top, int scale, bool black = false)
    {
        for (var at = 0; at < text.Length * (Width + 1) * Height; at++)
        {
            var (column, row) = (at % (text.Length * (Width + 1)), at / (text.Length * (Width + 1)));
            var (character, dot) = (text[column / (Width + 1)], column % (Width + 1));
            if (dot < Width && ((DotGlyphs.Of(character) >> (((Height - 1 - row) * Width) + (Width - 1 - dot))) & 1) != 0)
            {
                Fill(picture, left + (column * scale), top + (row * scale), scale, black ? byte.MinValue : byte.MaxValue);
            }
        }
    }

    /// <summary>Breaks a text into lines that fit a width, between words where there are any.</summary>
    public static IEnumerable<string> Lines(string text, int width, int scale)
    {
        var most = Math.Max(1, ((width / scale) + 1) / (Width + 1));
        var rest = text;
        while (rest.Length > most)
        {
            var blank = rest.LastIndexOf(' ', most);
            var end = blank > 0 ? blank : most;
            yield return rest[..end];
            rest = rest[end..].TrimStart();
        }

        yield return rest;
    }

    private static void Fill(Picture picture, int left, int top, int size, byte level)
    {
        var width = Math.Min(size, picture.Width - left);
        for (var y = top; width > 0 && y < Math.Min(top + size, picture.Height); y++)
        {
            picture.Pixels.AsSpan((y * picture.Stride) + (left * 3), width * 3).Fill(level);
        }
    }
}
