namespace Kinora.Models.Conversations;

/// <summary>A part of a message.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Of a text: what was typed, in which nothing is a placeholder or a mark.</param>
public readonly record struct MessagePart(MessagePartKind Kind, string Text = "")
{
    /// <summary>A picture: the next of those that come with the conversation.</summary>
    public static MessagePart Picture => new(MessagePartKind.Picture);

    /// <summary>A video, likewise.</summary>
    public static MessagePart Video => new(MessagePartKind.Video);

    /// <summary>A text.</summary>
    public static MessagePart Of(string text) => new(MessagePartKind.Text, text);
}
