namespace Kinora.Toybox.World;

/// <summary>Which world this is.</summary>
public static class WorldVersion
{
    /// <summary>Raised whenever a seed gives another clip than before: files of two versions must not be mixed.</summary>
    public const int Current = 1;
}
