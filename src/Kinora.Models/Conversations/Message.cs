namespace Kinora.Models.Conversations;

/// <summary>What one side said and showed, in its order.</summary>
/// <param name="Role">Who.</param>
/// <param name="Parts">Texts, with pictures and videos between them.</param>
public sealed record Message(Role Role, params IReadOnlyList<MessagePart> Parts);
