using Kinora.Toybox.World;

namespace Kinora.Toybox.Drawing;

/// <summary>The colours of toys.</summary>
internal static class Palette
{
    private static readonly Rgb White = new(255, 255, 255);

    // White has no lighter shade.
    private static readonly Rgb Grey = new(205, 203, 212);

    private static readonly Rgb[] Toys =
    [
        new(214, 40, 40), new(246, 142, 28), new(252, 218, 50), new(44, 160, 70), new(45, 95, 222), new(132, 58, 180), new(252, 140, 192), new(246, 246, 246),
    ];

    private static readonly Rgb[] Inks =
    [
        default, default, default, new(32, 30, 42), new(188, 222, 244), new(118, 76, 44), new(220, 50, 50), new(250, 160, 40), new(240, 120, 150), new(255, 240, 150), new(226, 226, 234),
    ];

    /// <summary>The colour of an ink that doesn't follow the toy's.</summary>
    public static Rgb Of(Ink ink) => Inks[(int)ink];

    /// <summary>The colour of a toy, mixed while it changes.</summary>
    public static Rgb Body(in ToyState toy) => Toys[(int)toy.Colour].Mixed(Toys[(int)toy.NextColour], toy.ColourShare);

    /// <summary>Its lighter shade.</summary>
    public static Rgb Light(in ToyState toy)
    {
        var share = ToyDrawing.Lightness(toy.Kind);
        return Light(toy.Colour, share).Mixed(Light(toy.NextColour, share), toy.ColourShare);
    }

    private static Rgb Light(ToyColour colour, double share) => colour == ToyColour.White ? Grey : Toys[(int)colour].Mixed(White, share);
}
