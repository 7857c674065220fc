using Kinora.Toybox.Drawing;

namespace Kinora.Toybox.Tests.Drawing;

/// <summary>Shapes as points.</summary>
public sealed class RasterTests
{
    [Fact]
    public void A_rectangle_has_its_corners_and_is_cut_at_the_edge()
        => Assert.Equal(["......", "..####", "..####", "......"], Draw(6, 4, raster => raster.Rectangle(2, 1, 9, 2, 1)));

    [Fact]
    public void An_ellipse_touches_its_rectangle()
        => Assert.Equal([".####.", "######", "######", "######", "######", ".####."], Draw(6, 6, raster => raster.Ellipse(0, 0, 5, 5, 1)));

    [Fact]
    public void An_ellipse_may_end_at_a_row()
        => Assert.Equal([".####.", "######", "######", "......", "......", "......"], Draw(6, 6, raster => raster.Ellipse(0, 0, 5, 5, 1, floor: 2)));

    [Fact]
    public void A_polygon_may_have_a_notch()
        => Assert.Equal(["#.....#", "##...##", "###.###", "#######", "......."], Draw(7, 5, raster => raster.Polygon([(0, 0), (3, 3), (6, 0), (6, 4), (0, 4)], 1)));

    [Fact]
    public void A_line_is_as_wide_as_it_should_be()
    {
        Assert.Equal(["...####.", "...####.", "...####."], Draw(8, 3, raster => raster.Line((4, 0), (4, 2), 4, 1)));
        Assert.Equal([".###....", ".###....", ".###...."], Draw(8, 3, raster => raster.Line((2, 0), (2, 2), 3, 1)));
        Assert.Equal(9, string.Concat(Draw(9, 9, raster => raster.Line((0, 0), (8, 8), 1, 1))).Count(point => point == '#'));
    }

    [Fact]
    public void Lines_meet_round()
    {
        var corner = Draw(12, 12, raster => raster.Outline([(2, 9), (9, 9), (9, 2)], 4, 1, isClosed: false));
        Assert.Equal('#', corner[10][10]);
        Assert.Equal('.', corner[11][11]);
    }

    private static string[] Draw(int width, int height, Action<Raster> draw)
    {
        var raster = new Raster(width, height);
        draw(raster);
        return [.. Enumerable.Range(0, height).Select(y => string.Concat(raster.Inks.AsSpan(y * width, width).ToArray().Select(ink => ink == 0 ? '.' : '#')))];
    }
}
