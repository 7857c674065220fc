namespace Kinora.Training.Conversations;

/// <summary>A part of a conversation that is tokenised by itself.</summary>
/// <param name="Text">The part.</param>
/// <param name="IsLearned">Whether it is an answer, with its end.</param>
public readonly record struct PllavaSegment(string Text, bool IsLearned);
