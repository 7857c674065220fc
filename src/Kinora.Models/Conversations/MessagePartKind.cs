namespace Kinora.Models.Conversations;

/// <summary>What a part of a message is.</summary>
public enum MessagePartKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>A picture.</summary>
    Picture,

    /// <summary>A video.</summary>
    Video,
}
