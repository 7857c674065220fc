namespace Kinora.Models.Describing;

/// <summary>What a description is waiting for.</summary>
public enum DescribePhase
{
    /// <summary>Frames are decoded.</summary>
    Decode,

    /// <summary>Frames pass tower and connector.</summary>
    Encode,

    /// <summary>The decoder reads frames and prompt.</summary>
    Read,

    /// <summary>Tokens are written.</summary>
    Generate,
}
