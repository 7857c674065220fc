using System.Globalization;

namespace Kinora.Media;

/// <summary>One picture that shows frames in a grid, each with its number and time, and a text below if there is one.</summary>
public static class ContactSheet
{
    private const int CellWidth = 256;
    private const int CellHeight = 256;
    private const int Gap = 6;
    private const int Scale = 2;
    private const int LabelHeight = (DotFont.Height * Scale) + (2 * Gap);
    private const int LineHeight = (DotFont.Height * Scale) + Gap;

    /// <summary>Draws all frames of a clip.</summary>
    /// <inheritdoc cref="Render(IReadOnlyList{ClipFrame}, IReadOnlyList{string})"/>
    public static Picture Render(Clip clip)
    {
        ArgumentNullException.ThrowIfNull(clip);
        return Render(clip.Frames, []);
    }

    /// <summary>Draws the sheet, RGB on black, the frames in their order row by row. A column is at least as wide as the widest label.</summary>
    /// <param name="frames">At least one frame.</param>
    /// <param name="text">Lines below the frames, broken between words where they are too long; what is not ASCII is left blank.</param>
    public static Picture Render(IReadOnlyList<ClipFrame> frames, IReadOnlyList<string> text)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfZero(frames.Count);
        var columns = (int)Math.Ceiling(Math.Sqrt(frames.Count));
        var rows = (frames.Count + columns - 1) / columns;
        var cells = frames.Select(f => PillowThumbnail.Thumbnail(f.Picture, CellWidth, CellHeight, ResampleFilter.Bilinear)).ToArray();
        var labels = frames.Select(f => string.Create(CultureInfo.InvariantCulture, $"#{f.Index} {f.Time:0.00}s")).ToArray();
        var width = Math.Max(cells.Max(c => c.Width), labels.Max(label => DotFont.WidthOf(label, Scale)));
        var height = cells.Max(c => c.Height);
        var grid = Gap + (rows * (height + LabelHeight));
        var lines = text.SelectMany(line => DotFont.Lines(line, (columns * (width + Gap)) - Gap, Scale)).ToArray();
        var sheet = new Picture(Gap + (columns * (width + Gap)), grid + (lines.Length * LineHeight), 3);
        for (var at = 0; at < cells.Length; at++)
        {
            var (left, top) = (Gap + (at % columns * (width + Gap)), Gap + (at / columns * (height + LabelHeight)));
            sheet.Paste(cells[at].ToRgb(), left, top);
            DotFont.Draw(sheet, labels[at], left, top + cells[at].Height + (Gap / 2), Scale);
        }

        for (var line = 0; line < lines.Length; line++)
        {
            DotFont.Draw(sheet, lines[line], Gap, grid + (line * LineHeight), Scale);
        }

        return sheet;
    }
}
