namespace Kinora.Toybox.World;

/// <summary>Where a shot plays.</summary>
public enum Scene
{
    /// <summary>Grass with flowers under a sky with sun and cloud.</summary>
    Meadow,

    /// <summary>Sand, sea and sun.</summary>
    Beach,

    /// <summary>A wall with window and picture over wooden boards.</summary>
    Room,

    /// <summary>White hills while it snows.</summary>
    Snow,

    /// <summary>Houses with lit windows at night.</summary>
    Street,

    /// <summary>Dunes and cacti.</summary>
    Desert,
}
