using Kinora.Toybox.World;

namespace Kinora.Toybox.Drawing;

/// <summary>How toys look, facing right.</summary>
internal static class ToyDrawing
{
    /// <summary>How much white the lighter shade of a toy's colour has.</summary>
    public static double Lightness(ToyKind kind) => kind switch
    {
        ToyKind.Ball => 0.55,
        ToyKind.Cube => 0.6,
        ToyKind.Boat => 0.45,
        _ => 0.5,
    };

    /// <summary>Draws a toy.</summary>
    public static void Draw(ToyKind kind, SpriteCanvas canvas)
    {
        switch (kind)
        {
            case ToyKind.Ball:
                Ball(canvas);
                break;
            case ToyKind.Cube:
                Cube(canvas);
                break;
            case ToyKind.Star:
                Star(canvas);
                break;
            case ToyKind.Car:
                Car(canvas);
                break;
            case ToyKind.Boat:
                Boat(canvas);
                break;
            case ToyKind.Robot:
                Robot(canvas);
                break;
            case ToyKind.Cat:
                Cat(canvas);
                break;
            case ToyKind.Bird:
                Bird(canvas);
                break;
            case ToyKind.Balloon:
                Balloon(canvas);
                break;
            default:
                Tree(canvas);
                break;
        }
    }

    private static void Ball(SpriteCanvas canvas)
    {
        canvas.Disc(0, 0, 0.95, Ink.Dark);
        canvas.Disc(0, 0, 0.95, Ink.Body, inset: 1);
        canvas.Cap(0.935, -0.29, Ink.Light);
        canvas.Ellipse(-0.2, -0.1, 0.2, 0.3, Ink.Dark);
    }

    private static void Cube(SpriteCanvas canvas)
    {
        canvas.Rectangle(-0.85, -0.85, 0.85, 0.85, Ink.Body);
        canvas.Rectangle(-0.5, -0.5, 0.5, 0.5, Ink.Light);
        canvas.Line(2, (0, -0.5), (0, 0.5));
    }

    private static void Star(SpriteCanvas canvas)
    {
        // Sines and cosines of multiples of 36 degrees, from the golden ratio.
        var root = Math.Sqrt(5);
        var (cos36, cos72) = ((1 + root) / 4, (root - 1) / 4);
        var (sin36, sin72) = (Math.Sqrt(1 - (cos36 * cos36)), Math.Sqrt(1 - (cos72 * cos72)));
        const double Outer = 0.98;
        const double Inner = 0.42;
        const double Down = 0.05;
        canvas.Polygon(
            Ink.Body,
            (0, Down - Outer),
            (Inner * sin36, Down - (Inner * cos36)),
            (Outer * sin72, Down - (Outer * cos72)),
            (Inner * sin72, Down + (Inner * cos72)),
            (Outer * sin36, Down + (Outer * cos36)),
            (0, Down + Inner),
            (-Outer * sin36, Down + (Outer * cos36)),
            (-Inner * sin72, Down + (Inner * cos72)),
            (-Outer * sin72, Down - (Outer * cos72)),
            (-Inner * sin36, Down - (Inner * cos36)));
    }

    private static void Car(SpriteCanvas canvas)
    {
        canvas.Polygon(Ink.Glass, (-0.5, -0.05), (-0.3, -0.6), (0.3, -0.6), (0.55, -0.05));
        canvas.Rectangle(-0.97, -0.1, 0.97, 0.5, Ink.Body);
        canvas.Ellipse(-0.8, 0.25, -0.2, 0.85, Ink.Dark);
        canvas.Ellipse(0.2, 0.25, 0.8, 0.85, Ink.Dark);
        canvas.Ellipse(0.75, 0, 0.965, 0.2, Ink.Lamp);
    }

    private static void Boat(SpriteCanvas canvas)
    {
        canvas.Line(2, (0, -0.95), (0, 0.4));
        canvas.Polygon(Ink.Light, (0.08, -0.9), (0.08, 0.2), (0.8, 0.2));
        canvas.Polygon(Ink.Body, (-0.95, 0.35), (0.95, 0.35), (0.6, 0.9), (-0.6, 0.9));
    }

    private static void Robot(SpriteCanvas canvas)
    {
        canvas.Line(1, (0, -0.9), (0, -0.7));
        canvas.Ellipse(-0.1, -1, 0.1, -0.785, Ink.Bulb);
        canvas.Rectangle(-0.5, -0.75, 0.5, -0.1, Ink.Light);
        canvas.Disc(-0.22, -0.43, 0.125, Ink.Dark);
        canvas.Disc(0.22, -0.43, 0.125, Ink.Dark);
        canvas.Rectangle(-0.5, 0.6, -0.15, 0.97, Ink.Dark);
        canvas.Rectangle(0.15, 0.6, 0.5, 0.97, Ink.Dark);
        canvas.Rectangle(-0.95, 0, -0.65, 0.4, Ink.Body);
        canvas.Rectangle(0.65, 0, 0.95, 0.4, Ink.Body);
        canvas.Rectangle(-0.65, -0.1, 0.65, 0.6, Ink.Body);
    }

    private static void Cat(SpriteCanvas canvas)
    {
        canvas.Line(1, (-0.58, -0.17), (-0.73, -0.15), (-0.84, -0.25), (-0.89, -0.4));
        canvas.Ellipse(-0.65, -0.15, 0.5, 0.95, Ink.Body);
        canvas.Polygon(Ink.Body, (-0.02, -0.45), (0.03, -0.95), (0.35, -0.68));
        canvas.Polygon(Ink.Body, (0.5, -0.68), (0.82, -0.95), (0.87, -0.45));
        canvas.Ellipse(-0.1, -0.75, 0.95, 0.15, Ink.Body);
        canvas.Disc(0.22, -0.38, 0.1, Ink.Dark);
        canvas.Disc(0.63, -0.38, 0.1, Ink.Dark);
        canvas.Disc(0.43, -0.15, 0.09, Ink.Nose);
    }

    private static void Bird(SpriteCanvas canvas)
    {
        canvas.Polygon(Ink.Body, (-0.42, 0.1), (-0.98, -0.1), (-0.75, 0.335));
        canvas.Ellipse(-0.7, -0.35, 0.6, 0.6, Ink.Body);
        canvas.Polygon(Ink.Beak, (0.72, -0.52), (1, -0.335), (0.72, -0.25));
        canvas.Ellipse(0.15, -0.75, 0.8, -0.1, Ink.Body);
        canvas.Disc(0.535, -0.48, 0.085, Ink.Dark);
        canvas.Polygon(Ink.Light, (-0.4, 0.1), (0.3, 0.065), (-0.335, -0.82));
    }

    private static void Balloon(SpriteCanvas canvas)
    {
        canvas.Line(1, (0, 0.58), (-0.1, 0.75), (0.03, 0.95));
        canvas.Polygon(Ink.Body, (0, 0.375), (-0.12, 0.58), (0.12, 0.58));
        canvas.Ellipse(-0.62, -0.97, 0.62, 0.45, Ink.Body);
        canvas.Ellipse(0.1, -0.69, 0.35, -0.35, Ink.Shine);
    }

    private static void Tree(SpriteCanvas canvas)
    {
        ReadOnlySpan<(double X, double Y, double Radius)> crown = [(0, -0.42, 0.55), (-0.45, 0.05, 0.39), (0.45, 0.05, 0.39)];
        foreach (var (x, y, radius) in crown)
        {
            canvas.Disc(x, y, radius, Ink.Dark);
        }

        canvas.Rectangle(-0.16, 0.2, 0.16, 0.97, Ink.Wood);
        foreach (var (x, y, radius) in crown)
        {
            canvas.Disc(x, y, radius, Ink.Body, inset: 1);
        }

        // What the discs leave open in their middle.
        canvas.Rectangle(-0.44, -0.3, 0.44, 0.3, Ink.Body, isOutlined: false);
    }
}
