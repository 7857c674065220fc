using System.Globalization;

namespace Kinora.Media;

/// <summary>One picture that shows all frames of a clip in a grid, each with its number and time.</summary>
public static class ContactSheet
{
    private const int CellWidth = 256;
    private const int CellHeight = 256;
    private const int Gap = 6;
    private const int Scale = 2;
    private const int LabelHeight = (DigitFont.Height * Scale) + (2 * Gap);

    /// <summary>Draws the sheet, RGB on black, the frames in the order of the clip row by row. A column is at least as wide as the widest label.</summary>
    public static Picture Render(Clip clip)
    {
        ArgumentNullException.ThrowIfNull(clip);
        var columns = (int)Math.Ceiling(Math.Sqrt(clip.Frames.Count));
        var rows = (clip.Frames.Count + columns - 1) / columns;
        var cells = clip.Frames.Select(f => PillowThumbnail.Thumbnail(f.Picture, CellWidth, CellHeight, ResampleFilter.Bilinear)).ToArray();
        var labels = clip.Frames.Select(f => string.Create(CultureInfo.InvariantCulture, $"#{f.Index} {f.Time:0.00}s")).ToArray();
        var width = Math.Max(cells.Max(c => c.Width), labels.Max(label => DigitFont.WidthOf(label, Scale)));
        var height = cells.Max(c => c.Height);
        var sheet = new Picture(Gap + (columns * (width + Gap)), Gap + (rows * (height + LabelHeight)), 3);
        for (var at = 0; at < cells.Length; at++)
        {
            var (left, top) = (Gap + (at % columns * (width + Gap)), Gap + (at / columns * (height + LabelHeight)));
            sheet.Paste(cells[at].ToRgb(), left, top);
            DigitFont.Draw(sheet, labels[at], left, top + cells[at].Height + (Gap / 2), Scale);
        }

        return sheet;
    }
}
