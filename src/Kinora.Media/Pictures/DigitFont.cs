namespace Kinora.Media;

/// <summary>A font of 5x7 dots for time labels.</summary>
internal static class DigitFont
{
    public const int Width = 5;
    public const int Height = 7;

    // Seven rows of five bits each, the top row first.
    private static readonly Dictionary<char, long> Glyphs = new()
    {
        ['0'] = 0b01110_10001_10011_10101_11001_10001_01110,
        ['1'] = 0b00100_01100_00100_00100_00100_00100_01110,
        ['2'] = 0b01110_10001_00001_00110_01000_10000_11111,
        ['3'] = 0b01110_10001_00001_00110_00001_10001_01110,
        ['4'] = 0b00010_00110_01010_10010_11111_00010_00010,
        ['5'] = 0b11111_10000_11110_00001_00001_10001_01110,
        ['6'] = 0b00110_01000_10000_11110_10001_10001_01110,
        ['7'] = 0b11111_00001_00010_00100_01000_01000_01000,
        ['8'] = 0b01110_10001_10001_01110_10001_10001_01110,
        ['9'] = 0b01110_10001_10001_01111_00001_00010_01100,
        [':'] = 0b00000_00100_00100_00000_00100_00100_00000,
        ['.'] = 0b00000_00000_00000_00000_00000_00110_00110,
        ['s'] = 0b00000_00000_01111_10000_01110_00001_11110,
        ['#'] = 0b01010_01010_11111_01010_11111_01010_01010,
    };

    /// <summary>Pixels that a text takes from its first dot to its last.</summary>
    public static int WidthOf(string text, int scale) => Math.Max(0, (text.Length * (Width + 1)) - 1) * scale;

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
