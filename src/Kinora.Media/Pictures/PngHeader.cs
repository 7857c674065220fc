namespace Kinora.Media;

/// <summary>The IHDR chunk of a PNG.</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, int ColourType, bool Interlaced)
{
    public const int Grey = 0;
    public const int Rgb = 2;
    public const int Palette = 3;
    public const int GreyAlpha = 4;
    public const int Rgba = 6;

    public int SamplesPerPixel => ColourType switch
    {
        Rgb => 3,
        GreyAlpha => 2,
        Rgba => 4,
        _ => 1,
    };

    /// <summary>Whether the combination of colour type and depth is one of those that the format has.</summary>
    public bool IsValid => Width > 0 && Height > 0 && (ColourType, BitDepth) is
        (Grey, 1 or 2 or 4 or 8 or 16) or (Palette, 1 or 2 or 4 or 8) or (Rgb or GreyAlpha or Rgba, 8 or 16);

    /// <summary>Bytes of a row of this many pixels, without the filter byte.</summary>
    public int RowBytes(int width) => checked((int)((((long)width * SamplesPerPixel * BitDepth) + 7) / 8));
}
