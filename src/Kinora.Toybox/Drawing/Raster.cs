namespace Kinora.Toybox.Drawing;

/// <summary>
/// A canvas of inks (numbers that a palette gives colours to) in which shapes are filled point by point. Edges become smooth when several points are averaged to a pixel.
/// Only additions, multiplications, divisions and square roots, which every machine rounds alike.
/// </summary>
/// <param name="width">Points in a row.</param>
/// <param name="height">Rows.</param>
internal sealed class Raster(int width, int height)
{
    /// <summary>Points in a row.</summary>
    public int Width { get; } = width;

    /// <summary>Rows.</summary>
    public int Height { get; } = height;

    /// <summary>The ink of every point, [height, width]; 0 where nothing was drawn.</summary>
    public byte[] Inks { get; } = new byte[width * height];

    /// <summary>Fills the points of a rectangle; the corners belong to it.</summary>
    public void Rectangle(int left, int top, int right, int bottom, byte ink)
    {
        for (var y = Math.Max(0, top); y <= Math.Min(Height - 1, bottom); y++)
        {
            Row(y, left, right, ink);
        }
    }

    /// <summary>Fills the ellipse that touches a rectangle from within; with a floor, only its part above that row.</summary>
    public void Ellipse(int left, int top, int right, int bottom, byte ink, int floor = int.MaxValue)
    {
        var (radiusX, radiusY) = ((right - left + 1) / 2.0, (bottom - top + 1) / 2.0);
        var (centreX, centreY) = (left + radiusX, top + radiusY);
        for (var y = Math.Max(0, top); y <= Math.Min(Math.Min(Height - 1, bottom), floor); y++)
        {
            var down = (y + 0.5 - centreY) / radiusY;
            var half = radiusX * Math.Sqrt(Math.Max(0, 1 - (down * down)));
            Row(y, (int)Math.Ceiling(centreX - half - 0.5), (int)Math.Floor(centreX + half - 0.5), ink);
        }
    }

    /// <summary>Fills a polygon without holes; its corners and edges belong to it.</summary>
    public void Polygon(ReadOnlySpan<(int X, int Y)> corners, byte ink)
    {
        Span<double> crossings = stackalloc double[corners.Length];
        for (var y = 0; y < Height; y++)
        {
            var count = 0;
            for (var corner = 0; corner < corners.Length; corner++)
            {
                var (one, two) = (corners[corner], corners[(corner + 1) % corners.Length]);

                // A corner between two edges counts once, as the upper end of one of them.
                if (one.Y != two.Y && y >= Math.Min(one.Y, two.Y) && y < Math.Max(one.Y, two.Y))
                {
                    crossings[count++] = one.X + ((double)(y - one.Y) / (two.Y - one.Y) * (two.X - one.X));
                }
            }

            crossings[..count].Sort();
            for (var pair = 0; pair + 1 < count; pair += 2)
            {
                Row(y, (int)Math.Ceiling(crossings[pair] - 0.5), (int)Math.Floor(crossings[pair + 1] + 0.5), ink);
            }
        }
    }

    /// <summary>Draws a line of some width between two points.</summary>
    public void Line((int X, int Y) from, (int X, int Y) to, int width, byte ink)
    {
        var (alongX, alongY) = ((double)(to.X - from.X), (double)(to.Y - from.Y));
        var length = Math.Sqrt((alongX * alongX) + (alongY * alongY));
        if (length == 0)
        {
            return;
        }

        (alongX, alongY) = (alongX / length, alongY / length);
        var reach = (width / 2) + 1;
        for (var y = Math.Max(0, Math.Min(from.Y, to.Y) - reach); y <= Math.Min(Height - 1, Math.Max(from.Y, to.Y) + reach); y++)
        {
            for (var x = Math.Max(0, Math.Min(from.X, to.X) - reach); x <= Math.Min(Width - 1, Math.Max(from.X, to.X) + reach); x++)
            {
                var (along, across) = (((x - from.X) * alongX) + ((y - from.Y) * alongY), ((y - from.Y) * alongX) - ((x - from.X) * alongY));

                // A line of even width has one point more on one side.
                if (along >= 0 && along <= length && across * 2 < width && across * 2 >= -width)
                {
                    Inks[(y * Width) + x] = ink;
                }
            }
        }
    }

    /// <summary>Draws lines from point to point, round where they meet; closed ones end where they begin.</summary>
    public void Outline(ReadOnlySpan<(int X, int Y)> points, int width, byte ink, bool isClosed)
    {
        for (var point = isClosed ? 0 : 1; point < points.Length; point++)
        {
            var (from, to) = (points[(point + points.Length - 1) % points.Length], points[point]);
            Line(from, to, width, ink);
            var radius = width / 2;
            if (isClosed || point < points.Length - 1)
            {
                Ellipse(to.X - radius, to.Y - radius, to.X + radius, to.Y + radius, ink);
            }
        }
    }

    private void Row(int y, int left, int right, byte ink)
    {
        var (first, last) = (Math.Max(0, left), Math.Min(Width - 1, right));
        if (first <= last)
        {
            Inks.AsSpan((y * Width) + first, last - first + 1).Fill(ink);
        }
    }
}
