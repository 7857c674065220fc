using Kinora.Toybox.World;

namespace Kinora.Toybox.Drawing;

/// <summary>Paints the places where clips play.</summary>
internal static class SceneryPainter
{
    private const int Bottom = ClipPlan.Side;
    private const int Left = -SceneryCanvas.Margin;

    /// <summary>Paints a scene.</summary>
    public static SceneryCanvas Paint(Scene scene)
    {
        var canvas = new SceneryCanvas();
        switch (scene)
        {
            case Scene.Meadow:
                Meadow(canvas);
                break;
            case Scene.Beach:
                Beach(canvas);
                break;
            case Scene.Room:
                Room(canvas);
                break;
            case Scene.Snow:
                Snow(canvas);
                break;
            case Scene.Street:
                Street(canvas);
                break;
            default:
                Desert(canvas);
                break;
        }

        return canvas;
    }

    private static void Meadow(SceneryCanvas canvas)
    {
        const int Flowers = 12;
        ReadOnlySpan<Rgb> colours = [new(250, 250, 250), new(250, 230, 90), new(250, 160, 190)];
        canvas.Band(0, Bottom, new(150, 208, 245));
        canvas.Band(70, Bottom, new(120, 190, 90));
        canvas.Disc(118, 18, 10, new(255, 232, 118));
        canvas.Ellipse(16, 18, 40, 30, new(240, 248, 255));
        canvas.Ellipse(28, 14, 52, 26, new(240, 248, 255));
        for (var flower = 0; flower < Flowers; flower++)
        {
            canvas.Disc(Left + 8 + (16 * flower), 78 + (29 * flower % 44), 2, colours[flower % colours.Length]);
        }
    }

    private static void Beach(SceneryCanvas canvas)
    {
        const int Waves = 8;
        const int Pebbles = 6;
        canvas.Band(0, Bottom, new(170, 220, 250));
        canvas.Disc(14, 16, 9, new(255, 240, 140));
        canvas.Band(46, Bottom, new(60, 150, 205));
        for (var wave = 0; wave < Waves; wave++)
        {
            var (x, y) = (Left + 12 + (24 * wave), 60 + (7 * wave % 10));
            canvas.Ellipse(x - 5, y - 1, x + 5, y + 1, new(194, 232, 250));
        }

        canvas.Band(74, Bottom, new(238, 214, 160));
        for (var pebble = 0; pebble < Pebbles; pebble++)
        {
            var (x, y) = (Left + 20 + (30 * pebble), 86 + (23 * pebble % 34));
            canvas.Ellipse(x - 3, y - 1.8, x + 3, y + 1.8, new(214, 186, 130));
        }
    }

    private static void Room(SceneryCanvas canvas)
    {
        const int BoardHeight = 9;
        canvas.Band(0, Bottom, new(232, 220, 200));
        canvas.Band(76, Bottom, new(170, 120, 80));
        for (var board = 85; board < Bottom; board += BoardHeight)
        {
            canvas.Band(board, board + 0.5, new(150, 101, 64));
        }

        canvas.Band(74, 77, new(250, 244, 232));
        canvas.Rectangle(26, 14, 60, 50, new(250, 250, 250));
        canvas.Rectangle(29, 17, 57, 47, new(170, 214, 245));
        canvas.Rectangle(42, 17, 44, 47, new(250, 250, 250));
        canvas.Rectangle(88, 20, 112, 44, new(130, 90, 60));
        canvas.Rectangle(91, 23, 109, 41, new(150, 190, 160));
    }

    private static void Snow(SceneryCanvas canvas)
    {
        const int Flakes = 26;
        canvas.Band(0, Bottom, new(200, 214, 230));
        canvas.Triangle((Left, 76), (8, 36), (53, 76), new(176, 192, 214));
        canvas.Triangle((38, 76), (96, 28), (153, 76), new(186, 202, 222));
        canvas.Band(74, Bottom, new(236, 242, 250));
        for (var flake = 0; flake < Flakes; flake++)
        {
            var (x, y) = (Left + (37 * flake % 192), 53 * flake % 120);
            canvas.Disc(x, y, 1.2, new(255, 255, 255));
        }
    }

    private static void Street(SceneryCanvas canvas)
    {
        const int Houses = 7;
        const int Dashes = 8;
        canvas.Band(0, Bottom, new(28, 30, 62));
        canvas.Disc(108, 18, 9, new(244, 240, 210));
        canvas.Band(80, Bottom, new(74, 76, 88));
        canvas.Band(78, 81, new(120, 120, 132));
        for (var house = 0; house < Houses; house++)
        {
            var (x, top) = (Left + (28 * house), 24 + (11 * house % 30));
            canvas.Rectangle(x, top, x + 24, 78, new(46, 46, 84));
            for (var window = 0; window < 4; window++)
            {
                var (column, row) = (window % 2, window / 2);
                var isLit = (house + column + row) % 2 == 1;
                var (left, upper) = (x + 4 + (10 * column), top + 6 + (12 * row));
                canvas.Rectangle(left, upper, left + 5, upper + 6, isLit ? new(255, 220, 120) : new(70, 70, 108));
            }
        }

        for (var dash = 0; dash < Dashes; dash++)
        {
            var x = Left + 4 + (24 * dash);
            canvas.Rectangle(x, 118, x + 12, 120, new(200, 200, 172));
        }
    }

    private static void Desert(SceneryCanvas canvas)
    {
        const int Stones = 6;
        canvas.Band(0, Bottom, new(250, 196, 140));
        canvas.Disc(38, 34, 13, new(255, 236, 170));
        canvas.Triangle((Left, 76), (18, 54), (84, 76), new(226, 160, 96));
        canvas.Triangle((52, 76), (118, 50), (160, 76), new(232, 168, 100));
        canvas.Band(73, Bottom, new(222, 172, 108));
        foreach (var x in (ReadOnlySpan<int>)[6, 122])
        {
            var green = new Rgb(70, 130, 80);
            canvas.Rectangle(x, 54, x + 4, 78, green);
            canvas.Rectangle(x - 6, 60, x - 3, 68, green);
            canvas.Rectangle(x - 6, 66, x, 68, green);
            canvas.Rectangle(x + 7, 56, x + 10, 64, green);
            canvas.Rectangle(x + 4, 62, x + 10, 64, green);
        }

        for (var stone = 0; stone < Stones; stone++)
        {
            var (x, y) = (Left + 16 + (32 * stone), 88 + (17 * stone % 34));
            canvas.Ellipse(x - 4, y - 1.4, x + 4, y + 1.4, new(206, 156, 92));
        }
    }
}
