using Kinora.Toybox.Motion;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Drawing;

/// <summary>The scenery of a scene, painted once and seen from where the camera stands. Thread-safe.</summary>
internal sealed class Scenery
{
    private const int Side = ClipPlan.Side;
    private const int Channels = 3;

    private static readonly Lazy<Scenery>[] All = [.. Enum.GetValues<Scene>().Select(scene => new Lazy<Scenery>(() => new Scenery(SceneryPainter.Paint(scene))))];

    private readonly byte[] points; // [256, 384, 3]
    private readonly byte[] still = new byte[Side * Side * Channels];
    private readonly int width;

    private Scenery(SceneryCanvas canvas)
    {
        width = canvas.Width;
        points = new byte[canvas.Width * canvas.Height * Channels];
        for (var at = 0; at < points.Length; at += Channels)
        {
            var colour = canvas[at / Channels % width, at / Channels / width];
            (points[at], points[at + 1], points[at + 2]) = (colour.Red, colour.Green, colour.Blue);
        }

        Average(0, still);
    }

    /// <summary>The scenery of a scene.</summary>
    public static Scenery Of(Scene scene) => All[(int)scene].Value;

    /// <summary>Fills a picture with what is seen of it.</summary>
    /// <param name="view">Where the camera looks.</param>
    /// <param name="rgb">The picture, [128, 128, 3].</param>
    public void Fill(View view, Span<byte> rgb)
    {
        if (view == View.Still)
        {
            still.CopyTo(rgb);
        }
        else if (view.Zoom == 1)
        {
            Average((int)Math.Round(view.Pan * SceneryCanvas.Samples), rgb);
        }
        else
        {
            Shrink(view, rgb);
        }
    }

    /// <summary>Each pixel is the mean of its four points.</summary>
    private void Average(int shift, Span<byte> rgb)
    {
        var stride = width * Channels;
        var left = ((SceneryCanvas.Margin * SceneryCanvas.Samples) + shift) * Channels;
        for (var y = 0; y < Side; y++)
        {
            var upper = points.AsSpan((2 * y * stride) + left, Side * Channels * 2);
            var lower = points.AsSpan((((2 * y) + 1) * stride) + left, Side * Channels * 2);
            var row = rgb.Slice(y * Side * Channels, Side * Channels);
            for (int to = 0, from = 0; to < row.Length; to += Channels, from += 2 * Channels)
            {
                for (var channel = 0; channel < Channels; channel++)
                {
                    var sum = upper[from + channel] + upper[from + Channels + channel] + lower[from + channel] + lower[from + Channels + channel];
                    row[to + channel] = (byte)((sum + 2) >> 2);
                }
            }
        }
    }

    /// <summary>Each pixel is a weighted mean of the points around it: a triangle whose half-width is a pixel, in whole weights, so that nothing depends on rounding.</summary>
    private void Shrink(View view, Span<byte> rgb)
    {
        var scale = SceneryCanvas.Samples / view.Zoom;
        var stride = width * Channels;
        Span<Tap> across = stackalloc Tap[Side];
        Span<Tap> down = stackalloc Tap[Side];
        var half = View.Middle / view.Zoom;
        Place(across, (view.CentreX - half + SceneryCanvas.Margin) * SceneryCanvas.Samples, scale, width);
        Place(down, (view.CentreY - half) * SceneryCanvas.Samples, scale, points.Length / stride);
        for (var y = 0; y < Side; y++)
        {
            ref readonly var vertical = ref down[y];
            for (var x = 0; x < Side; x++)
            {
                ref readonly var horizontal = ref across[x];
                var (red, green, blue) = (0, 0, 0);
                for (var row = 0; row < Tap.Count; row++)
                {
                    for (var column = 0; column < Tap.Count; column++)
                    {
                        var weight = vertical[row] * horizontal[column];
                        var from = ((vertical.First + row) * stride) + ((horizontal.First + column) * Channels);
                        red += weight * points[from];
                        green += weight * points[from + 1];
                        blue += weight * points[from + 2];
                    }
                }

                var to = ((y * Side) + x) * Channels;
                rgb[to] = (byte)((red + Tap.Half) >> Tap.Shift);
                rgb[to + 1] = (byte)((green + Tap.Half) >> Tap.Shift);
                rgb[to + 2] = (byte)((blue + Tap.Half) >> Tap.Shift);
            }
        }
    }

    private static void Place(Span<Tap> taps, double start, double scale, int limit)
    {
        for (var pixel = 0; pixel < taps.Length; pixel++)
        {
            taps[pixel] = Tap.Around(start + ((pixel + 0.5) * scale), scale, limit);
        }
    }
}
