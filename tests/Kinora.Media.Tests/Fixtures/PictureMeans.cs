namespace Kinora.Media.Tests;

/// <summary>Mean colours of a picture and of an 8x8 grid with exact fractional cells.</summary>
internal static class PictureMeans
{
    public static double[] Whole(Picture picture) => Cell(picture, 0, 0, picture.Width, picture.Height);

    public static double[] GridCell(Picture picture, int row, int column)
        => Cell(picture, column * picture.Width / 8.0, row * picture.Height / 8.0, (column + 1) * picture.Width / 8.0, (row + 1) * picture.Height / 8.0);

    private static double[] Cell(Picture picture, double left, double top, double right, double bottom)
    {
        var sums = new double[3];
        var area = 0.0;
        for (var y = (int)top; y < Math.Ceiling(bottom); y++)
        {
            for (var x = (int)left; x < Math.Ceiling(right); x++)
            {
                var weight = (Math.Min(right, x + 1) - Math.Max(left, x)) * (Math.Min(bottom, y + 1) - Math.Max(top, y));
                area += weight;
                for (var channel = 0; channel < 3; channel++)
                {
                    sums[channel] += weight * picture.Pixels[(((y * picture.Width) + x) * 3) + channel];
                }
            }
        }

        return [.. sums.Select(s => s / area)];
    }
}
