namespace Kinora.Models.Conversations;

/// <summary>What one side said.</summary>
/// <param name="Role">Who.</param>
/// <param name="Text">What; typed text, in which nothing is a placeholder or a mark.</param>
public sealed record Turn(Role Role, string Text);
