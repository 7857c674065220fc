namespace Kinora.Toybox.World;

/// <summary>The colour of a toy.</summary>
public enum ToyColour
{
    /// <summary>214, 40, 40.</summary>
    Red,

    /// <summary>246, 142, 28.</summary>
    Orange,

    /// <summary>252, 218, 50.</summary>
    Yellow,

    /// <summary>44, 160, 70.</summary>
    Green,

    /// <summary>45, 95, 222.</summary>
    Blue,

    /// <summary>132, 58, 180.</summary>
    Purple,

    /// <summary>252, 140, 192.</summary>
    Pink,

    /// <summary>246, 246, 246.</summary>
    White,
}
