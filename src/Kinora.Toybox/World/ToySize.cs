namespace Kinora.Toybox.World;

/// <summary>How large a toy is.</summary>
public enum ToySize
{
    /// <summary>28 pixels.</summary>
    Small,

    /// <summary>44 pixels.</summary>
    Big,
}
