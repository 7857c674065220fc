namespace Kinora.Toybox.Drawing;

/// <summary>A square in which a toy is drawn four times as large: places are given from -1 to 1, to the right and down.</summary>
/// <param name="side">Pixels of the finished square's side, even.</param>
internal sealed class SpriteCanvas(int side)
{
    /// <summary>Points on a pixel's side.</summary>
    public const int Samples = 4;

    private const double OutlineShare = 0.045;

    private readonly Raster raster = new(side * Samples, side * Samples);

    /// <summary>Width of an outline in points.</summary>
    public int OutlineWidth { get; } = Math.Max(2, (int)Math.Round(OutlineShare * side * Samples));

    /// <summary>The ink of a point.</summary>
    public Ink this[int x, int y] => (Ink)raster.Inks[(y * raster.Width) + x];

    /// <summary>Points on the square's side.</summary>
    public int Width => raster.Width;

    /// <summary>A rectangle with an outline inside it.</summary>
    public void Rectangle(double left, double top, double right, double bottom, Ink ink, bool isOutlined = true)
    {
        var (x0, y0, x1, y1) = (At(left), At(top), At(right), At(bottom));
        var inset = isOutlined ? OutlineWidth : 0;
        raster.Rectangle(x0, y0, x1, y1, (byte)(isOutlined ? Ink.Dark : ink));
        raster.Rectangle(x0 + inset, y0 + inset, x1 - inset, y1 - inset, (byte)ink);
    }

    /// <summary>An ellipse that touches a rectangle, with an outline inside it.</summary>
    public void Ellipse(double left, double top, double right, double bottom, Ink ink, bool isOutlined = true)
    {
        var (x0, y0, x1, y1) = (At(left), At(top), At(right), At(bottom));
        var inset = isOutlined ? OutlineWidth : 0;
        raster.Ellipse(x0, y0, x1, y1, (byte)(isOutlined ? Ink.Dark : ink));
        if (x1 - x0 > 2 * inset && y1 - y0 > 2 * inset)
        {
            raster.Ellipse(x0 + inset, y0 + inset, x1 - inset, y1 - inset, (byte)ink);
        }
    }

    /// <summary>A disc without an outline; <paramref name="inset"/> outlines' widths smaller.</summary>
    public void Disc(double x, double y, double radius, Ink ink, int inset = 0)
        => raster.Ellipse(At(x - radius) + (inset * OutlineWidth), At(y - radius) + (inset * OutlineWidth), At(x + radius) - (inset * OutlineWidth), At(y + radius) - (inset * OutlineWidth), (byte)ink);

    /// <summary>The part of a disc above a row, within an outline.</summary>
    public void Cap(double radius, double floor, Ink ink)
        => raster.Ellipse(At(-radius) + OutlineWidth, At(-radius) + OutlineWidth, At(radius) - OutlineWidth, At(radius) - OutlineWidth, (byte)ink, At(floor));

    /// <summary>A polygon with an outline on its edges.</summary>
    public void Polygon(Ink ink, params ReadOnlySpan<(double X, double Y)> corners)
    {
        Span<(int X, int Y)> points = stackalloc (int X, int Y)[corners.Length];
        Place(corners, points);
        raster.Polygon(points, (byte)ink);
        raster.Outline(points, OutlineWidth, (byte)Ink.Dark, isClosed: true);
    }

    /// <summary>Dark lines from point to point, some outlines' widths thick.</summary>
    public void Line(int thickness, params ReadOnlySpan<(double X, double Y)> places)
    {
        Span<(int X, int Y)> points = stackalloc (int X, int Y)[places.Length];
        Place(places, points);
        raster.Outline(points, thickness * OutlineWidth, (byte)Ink.Dark, isClosed: false);
    }

    private void Place(ReadOnlySpan<(double X, double Y)> places, Span<(int X, int Y)> points)
    {
        for (var place = 0; place < places.Length; place++)
        {
            points[place] = (At(places[place].X), At(places[place].Y));
        }
    }

    private int At(double place) => (int)((place + 1) * (raster.Width / 2));
}
