namespace Kinora.Toybox.Drawing;

/// <summary>What the points of a pixel are: how many of the toy's colour and its lighter shade, how many in all, and the sum of the colours of the others.</summary>
internal struct SpritePixel
{
    /// <summary>Points that hide what is behind them, 0 to 16.</summary>
    public byte Cover;

    /// <summary>Points of the toy's colour.</summary>
    public byte Body;

    /// <summary>Points of its lighter shade.</summary>
    public byte Light;

    /// <summary>Sums of the other points' colours.</summary>
    public ushort Red, Green, Blue;
}
