namespace Kinora.Models.Conversations;

/// <summary>Who speaks.</summary>
public enum Role
{
    /// <summary>The person who asks.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>Whoever says before all questions how to answer them.</summary>
    System,
}
