namespace Kinora.Toybox.World;

/// <summary>Which way something goes, as the viewer sees it.</summary>
public enum Direction
{
    /// <summary>To the left.</summary>
    Left,

    /// <summary>To the right.</summary>
    Right,

    /// <summary>Up.</summary>
    Up,

    /// <summary>Down.</summary>
    Down,

    /// <summary>Nearer; only of the camera's zoom.</summary>
    In,

    /// <summary>Further away; only of the camera's zoom.</summary>
    Out,
}
