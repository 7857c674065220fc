namespace Kinora.Media;

/// <summary>A font of 3x5 dots for time labels.</summary>
internal static class DigitFont
{
    public const int Width = 3;
    public const int Height = 5;

    // Five rows of three bits each, the top row first.
    private static readonly Dictionary<char, int> Glyphs = new()
    {
        ['0'] = 0b111_101_101_101_111,
        ['1'] = 0b010_110_010_010_111,
        ['2'] = 0b111_001_111_100_111,
        ['3'] = 0b111_001_111_001_111,
        ['4'] = 0b101_101_111_001_001,
        ['5'] = 0b111_100_111_001_111,
        ['6'] = 0b111_100_111_101_111,
        ['7'] = 0b111_001_010_010_010,
        ['8'] = 0b111_101_111_101_111,
        ['9'] = 0b111_101_111_001_111,
        [':'] = 0b000_010_000_010_000,
        ['.'] = 0b000_000_000_000_010,
        ['s'] = 0b000_011_110_011_110,
        ['#'] = 0b101_111_101_111_101,
    };

    /// <summary>Draws white dots of <paramref name="scale"/> pixels into an RGB picture; unknown characters are blanks, what reaches outside is left out.</summary>
    public static void Draw(Picture picture, string text, int left, int top, int scale)
    {
        for (var at = 0; at < text.Length * (Width + 1) * Height; at++)
        {
            var (column, row) = (at % (text.Length * (Width + 1)), at / (text.Length * (Width + 1)));
            var (character, dot) = (text[column / (Width + 1)], column % (Width + 1));
            if (dot < Width && Glyphs.TryGetValue(character, out var bits) && ((bits >> (((Height - 1 - row) * Width) + (Width - 1 - dot))) & 1) != 0)
            {
                Fill(picture, left + (column * scale), top + (row * scale), scale);
            }
        }
    }

    private static void Fill(Picture picture, int left, int top, int size)
    {
        var width = Math.Min(size, picture.Width - left);
        for (var y = top; width > 0 && y < Math.Min(top + size, picture.Height); y++)
        {
            picture.Pixels.AsSpan((y * picture.Stride) + (left * 3), width * 3).Fill(byte.MaxValue);
        }
    }
}
