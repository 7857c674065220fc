namespace Kinora.Toybox.World;

/// <summary>A toy at one moment.</summary>
public readonly record struct ToyState
{
    /// <summary>What it is.</summary>
    public required ToyKind Kind { get; init; }

    /// <summary>Its colour; while it changes, the one before.</summary>
    public required ToyColour Colour { get; init; }

    /// <summary>The colour that it is turning to; else <see cref="Colour"/>.</summary>
    public required ToyColour NextColour { get; init; }

    /// <summary>The share of <see cref="NextColour"/>, 0 to 1.</summary>
    public double ColourShare { get; init; }

    /// <summary>Its centre from the left in pixels of the unmoved camera, 0 to 128.</summary>
    public required double X { get; init; }

    /// <summary>The line that it stands on, from the top in pixels.</summary>
    public required double BaseLine { get; init; }

    /// <summary>How far its foot is above the line, in pixels.</summary>
    public double Altitude { get; init; }

    /// <summary>The side of its square in pixels: 28 small, 44 big.</summary>
    public required double Side { get; init; }

    /// <summary>Degrees that it is turned clockwise.</summary>
    public double Angle { get; init; }

    /// <summary>How solid it is: 0 absent, 1 wholly there.</summary>
    public double Alpha { get; init; }

    /// <summary>Whether it faces left.</summary>
    public bool IsMirrored { get; init; }

    /// <summary>Whether it is drawn behind all others: from the start of its hiding on.</summary>
    public bool IsBehind { get; init; }

    /// <summary>Whether it has gone behind another toy.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Its centre from the top in pixels of the unmoved camera.</summary>
    public double Y => BaseLine - (Side / 2) - Altitude;

    /// <summary>Whether it can be seen at all.</summary>
    public bool IsVisible => Alpha > 0 && !IsHidden;

    /// <summary>Big or small, whichever is nearer.</summary>
    public ToySize Size => Side < 36 ? ToySize.Small : ToySize.Big;

    /// <summary>What it is called.</summary>
    public ToyName Name => new(Kind, Colour);
}
