using Kinora.Toybox.World;

namespace Kinora.Toybox.Drawing;

/// <summary>The scenery of a scene, painted once and seen from where the camera stands. Thread-safe.</summary>
internal sealed class Scenery
{
    private const int Side = ClipPlan.Side;
    private const int Width = Side + (2 * SceneryCanvas.Margin);
    private const int Channels = 3;

    private static readonly Lazy<Scenery>[] All = [.. Enum.GetValues<Scene>().Select(scene => new Lazy<Scenery>(() => new Scenery(SceneryPainter.Paint(scene))))];

    private readonly byte[] rgb = new byte[Side * Width * Channels]; // [128, 192, 3]

    /// <summary>Each pixel is the mean of its four points.</summary>
    private Scenery(SceneryCanvas canvas)
    {
        for (var pixel = 0; pixel < Side * Width; pixel++)
        {
            var (x, y) = (pixel % Width * SceneryCanvas.Samples, pixel / Width * SceneryCanvas.Samples);
            var (one, two, three, four) = (canvas[x, y], canvas[x + 1, y], canvas[x, y + 1], canvas[x + 1, y + 1]);
            rgb[pixel * Channels] = Mean(one.Red, two.Red, three.Red, four.Red);
            rgb[(pixel * Channels) + 1] = Mean(one.Green, two.Green, three.Green, four.Green);
            rgb[(pixel * Channels) + 2] = Mean(one.Blue, two.Blue, three.Blue, four.Blue);
        }

        static byte Mean(int one, int two, int three, int four) => (byte)((one + two + three + four + 2) >> 2);
    }

    /// <summary>The scenery of a scene.</summary>
    public static Scenery Of(Scene scene) => All[(int)scene].Value;

    /// <summary>Fills a picture with what is seen of it.</summary>
    /// <param name="pan">Pixels that the camera has turned to the right, -32 to 32.</param>
    /// <param name="picture">The picture, [128, 128, 3].</param>
    public void Fill(int pan, Span<byte> picture)
    {
        for (var y = 0; y < Side; y++)
        {
            rgb.AsSpan(((y * Width) + SceneryCanvas.Margin + pan) * Channels, Side * Channels).CopyTo(picture[(y * Side * Channels)..]);
        }
    }
}
