namespace Kinora.Toybox.Drawing;

/// <summary>What scenery is painted on: twice as large as the picture and wider, so that the camera can turn. Places are given in pixels, from -32 to 160 across.</summary>
internal sealed class SceneryCanvas
{
    /// <summary>Points on a pixel's side.</summary>
    public const int Samples = 2;

    /// <summary>Pixels to each side of the picture.</summary>
    public const int Margin = 32;

    private readonly Raster raster = new((World.ClipPlan.Side + (2 * Margin)) * Samples, World.ClipPlan.Side * Samples);
    private readonly List<Rgb> inks = [];

    /// <summary>Points in a row.</summary>
    public int Width => raster.Width;

    /// <summary>Rows of points.</summary>
    public int Height => raster.Height;

    /// <summary>The colour of a point.</summary>
    public Rgb this[int x, int y] => inks[raster.Inks[(y * raster.Width) + x]];

    /// <summary>Everything from one row down to another.</summary>
    public void Band(double top, double bottom, Rgb colour) => Rectangle(-Margin, top, World.ClipPlan.Side + Margin, bottom, colour);

    /// <summary>A rectangle.</summary>
    public void Rectangle(double left, double top, double right, double bottom, Rgb colour)
        => raster.Rectangle(Across(left), Down(top), Across(right), Down(bottom), InkOf(colour));

    /// <summary>An ellipse that touches a rectangle.</summary>
    public void Ellipse(double left, double top, double right, double bottom, Rgb colour)
        => raster.Ellipse(Across(left), Down(top), Across(right), Down(bottom), InkOf(colour));

    /// <summary>A disc.</summary>
    public void Disc(double x, double y, double radius, Rgb colour) => Ellipse(x - radius, y - radius, x + radius, y + radius, colour);

    /// <summary>A triangle.</summary>
    public void Triangle((double X, double Y) one, (double X, double Y) two, (double X, double Y) three, Rgb colour)
        => raster.Polygon([(Across(one.X), Down(one.Y)), (Across(two.X), Down(two.Y)), (Across(three.X), Down(three.Y))], InkOf(colour));

    private static int Across(double x) => (int)((x + Margin) * Samples);

    private static int Down(double y) => (int)(y * Samples);

    private byte InkOf(Rgb colour)
    {
        var ink = inks.IndexOf(colour);
        if (ink < 0)
        {
            ink = inks.Count;
            inks.Add(colour);
        }

        return (byte)ink;
    }
}
