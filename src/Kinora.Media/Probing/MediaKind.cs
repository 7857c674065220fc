namespace Kinora.Media;

/// <summary>What a path holds.</summary>
public enum MediaKind
{
    /// <summary>A video container.</summary>
    Video,

    /// <summary>A GIF.</summary>
    Animation,

    /// <summary>One still picture.</summary>
    Picture,

    /// <summary>Several pictures, or a folder of them.</summary>
    PictureSequence,
}
