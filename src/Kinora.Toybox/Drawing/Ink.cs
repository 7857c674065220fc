namespace Kinora.Toybox.Drawing;

/// <summary>The inks of toys. The first ones take the toy's colour, the others have their own.</summary>
internal enum Ink : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The toy's colour.</summary>
    Body,

    /// <summary>The toy's colour mixed with white.</summary>
    Light,

    /// <summary>Outlines, eyes, wheels.</summary>
    Dark,

    /// <summary>The windows of the car.</summary>
    Glass,

    /// <summary>The trunk of the tree.</summary>
    Wood,

    /// <summary>The robot's bulb.</summary>
    Bulb,

    /// <summary>The bird's beak.</summary>
    Beak,

    /// <summary>The cat's nose.</summary>
    Nose,

    /// <summary>The car's lamp.</summary>
    Lamp,

    /// <summary>The balloon's highlight.</summary>
    Shine,
}
