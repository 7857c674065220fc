using Kinora.Toybox.World;

namespace Kinora.Toybox.Drawing;

/// <summary>A toy of one kind, size, angle and side that it faces, in any colour.</summary>
internal sealed class Sprite
{
    /// <summary>Points of a pixel.</summary>
    public const int Points = SpriteCanvas.Samples * SpriteCanvas.Samples;

    /// <summary>Degrees between two angles that are drawn differently.</summary>
    public const int AngleStep = 15;

    /// <summary>Angles of a turn.</summary>
    public const int Angles = 360 / AngleStep;

    private Sprite(int side, SpritePixel[] pixels) => (Side, Pixels) = (side, pixels);

    /// <summary>Pixels of a side.</summary>
    public int Side { get; }

    /// <summary>The pixels, [side, side].</summary>
    public SpritePixel[] Pixels { get; }

    /// <summary>Draws a toy at four times its size, turns it and averages.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="side">Pixels of the square, even.</param>
    /// <param name="angle">Steps of 15 degrees clockwise, 0 to 23.</param>
    /// <param name="isMirrored">Whether it faces left.</param>
    public static Sprite Draw(ToyKind kind, int side, int angle, bool isMirrored)
    {
        var canvas = new SpriteCanvas(side);
        ToyDrawing.Draw(kind, canvas);
        var (sine, cosine) = Turn(angle);
        var middle = canvas.Width / 2.0;
        var pixels = new SpritePixel[side * side];
        for (var y = 0; y < canvas.Width; y++)
        {
            for (var x = 0; x < canvas.Width; x++)
            {
                var (right, down) = (x + 0.5 - middle, y + 0.5 - middle);
                var (column, row) = ((int)Math.Floor((right * cosine) + (down * sine) + middle), (int)Math.Floor((down * cosine) - (right * sine) + middle));
                if ((uint)column < (uint)canvas.Width && (uint)row < (uint)canvas.Width)
                {
                    Add(ref pixels[(y / SpriteCanvas.Samples * side) + (x / SpriteCanvas.Samples)], canvas[isMirrored ? canvas.Width - 1 - column : column, row]);
                }
            }
        }

        return new Sprite(side, pixels);
    }

    private static void Add(ref SpritePixel pixel, Ink ink)
    {
        switch (ink)
        {
            case Ink.None:
                return;
            case Ink.Body:
                pixel.Body++;
                break;
            case Ink.Light:
                pixel.Light++;
                break;
            default:
                var colour = Palette.Of(ink);
                pixel.Red += colour.Red;
                pixel.Green += colour.Green;
                pixel.Blue += colour.Blue;
                break;
        }

        pixel.Cover++;
    }

    /// <summary>Sine and cosine of a multiple of 15 degrees, from square roots.</summary>
    private static (double Sine, double Cosine) Turn(int steps)
    {
        const int Quarter = Angles / 4;
        var (root2, root3) = (Math.Sqrt(2), Math.Sqrt(3));
        ReadOnlySpan<double> sines = [0, root2 * (root3 - 1) / 4, 0.5, root2 / 2, root3 / 2, root2 * (root3 + 1) / 4, 1];
        var (sine, cosine) = (sines[steps % Quarter], sines[Quarter - (steps % Quarter)]);
        return (steps / Quarter) switch
        {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        };
    }
}
