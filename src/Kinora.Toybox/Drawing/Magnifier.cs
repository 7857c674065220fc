using Kinora.Toybox.Motion;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Drawing;

/// <summary>Brings a picture nearer: a part of it is stretched over the whole, each pixel mixed from the four around its place.</summary>
internal static class Magnifier
{
    private const int Side = ClipPlan.Side;
    private const int Channels = 3;

    // Places are counted in 1/256 of a pixel and weights are whole, so that nothing depends on rounding.
    private const int One = 256;
    private const int Shift = 16;

    /// <summary>Replaces a picture by what is seen of it when the camera is nearer.</summary>
    /// <param name="view">Where the camera looks.</param>
    /// <param name="rgb">The picture, [128, 128, 3].</param>
    public static void Apply(View view, Span<byte> rgb)
    {
        Span<byte> before = stackalloc byte[Side * Side * Channels];
        rgb.CopyTo(before);
        Span<int> across = stackalloc int[Side];
        Span<int> down = stackalloc int[Side];
        Place(across, view.CentreX, view.Zoom);
        Place(down, view.CentreY, view.Zoom);
        for (int y = 0, to = 0; y < Side; y++)
        {
            var (row, lower) = Math.DivRem(down[y], One);
            for (var x = 0; x < Side; x++)
            {
                var (column, right) = Math.DivRem(across[x], One);
                var from = ((row * Side) + column) * Channels;
                for (var channel = 0; channel < Channels; channel++, from++, to++)
                {
                    var above = (before[from] * (One - right)) + (before[from + Channels] * right);
                    var below = (before[from + (Side * Channels)] * (One - right)) + (before[from + ((Side + 1) * Channels)] * right);
                    rgb[to] = (byte)(((above * (One - lower)) + (below * lower) + (1 << (Shift - 1))) >> Shift);
                }
            }
        }
    }

    /// <summary>Where each pixel's middle lies before, counted from the middle of the first pixel; at the edge the last pixel and the one before it.</summary>
    private static void Place(Span<int> places, double centre, double zoom)
    {
        for (var pixel = 0; pixel < Side; pixel++)
        {
            var place = centre + ((pixel + 0.5 - View.Middle) / zoom) - 0.5;
            places[pixel] = Math.Clamp((int)Math.Round(place * One), 0, ((Side - 1) * One) - 1);
        }
    }
}
