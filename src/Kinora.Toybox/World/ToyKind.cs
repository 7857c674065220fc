namespace Kinora.Toybox.World;

/// <summary>What a toy is.</summary>
public enum ToyKind
{
    /// <summary>A ball: the only one that rolls.</summary>
    Ball,

    /// <summary>A cube.</summary>
    Cube,

    /// <summary>A star of five points.</summary>
    Star,

    /// <summary>A car.</summary>
    Car,

    /// <summary>A boat with a sail.</summary>
    Boat,

    /// <summary>A robot; never mirrored.</summary>
    Robot,

    /// <summary>A cat.</summary>
    Cat,

    /// <summary>A bird, which flies.</summary>
    Bird,

    /// <summary>A balloon, which floats.</summary>
    Balloon,

    /// <summary>A tree, which never leaves its place.</summary>
    Tree,
}
