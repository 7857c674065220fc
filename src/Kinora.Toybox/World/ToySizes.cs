namespace Kinora.Toybox.World;

/// <summary>The sizes of toys in pixels.</summary>
public static class ToySizes
{
    /// <summary>The side of a small toy's square.</summary>
    public const double Small = 28;

    /// <summary>The side of a big toy's square.</summary>
    public const double Big = 44;

    /// <summary>The side of the square.</summary>
    public static double Side(this ToySize size) => size == ToySize.Small ? Small : Big;
}
