namespace Kinora.Training.Data;

/// <summary>A question and the answer that is to be learned.</summary>
/// <param name="Question">Without marks for pictures; empty: the model's own request for a description.</param>
/// <param name="Answer">The answer; not empty.</param>
public sealed record TrainingTurn(string Question, string Answer);
