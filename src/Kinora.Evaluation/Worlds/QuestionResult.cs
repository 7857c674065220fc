using Kinora.Toybox.Questions;

namespace Kinora.Evaluation.Worlds;

/// <summary>A question and what was answered.</summary>
/// <param name="Question">The question with its right answer.</param>
/// <param name="Answer">What the model wrote.</param>
public sealed record QuestionResult(Question Question, string Answer)
{
    /// <summary>Whether it is right.</summary>
    public bool IsRight => Question.IsAnsweredBy(Answer);
}
