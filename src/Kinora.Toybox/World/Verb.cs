namespace Kinora.Toybox.World;

/// <summary>What happens in an event.</summary>
public enum Verb
{
    /// <summary>A toy goes left, right, up or down.</summary>
    Move,

    /// <summary>A toy jumps where it is.</summary>
    Jump,

    /// <summary>A toy turns around once.</summary>
    Spin,

    /// <summary>A small toy becomes big.</summary>
    Grow,

    /// <summary>A big toy becomes small.</summary>
    Shrink,

    /// <summary>A toy takes another colour.</summary>
    Recolour,

    /// <summary>A toy that wasn't there comes into being.</summary>
    Appear,

    /// <summary>A toy ceases to be.</summary>
    Disappear,

    /// <summary>A toy runs into another.</summary>
    Bump,

    /// <summary>A toy jumps over another.</summary>
    JumpOver,

    /// <summary>A small toy goes behind a big one.</summary>
    Hide,

    /// <summary>A toy runs after another, which runs away.</summary>
    Chase,

    /// <summary>The camera turns to a side.</summary>
    Pan,

    /// <summary>The camera goes nearer or further away.</summary>
    Zoom,
}
