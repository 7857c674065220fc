namespace Kinora.Toybox.Questions;

/// <summary>A question with its one right answer.</summary>
/// <param name="Type">What it is about.</param>
/// <param name="Text">The question.</param>
/// <param name="Answer">The answer; a letter where there are options.</param>
public sealed record Question(QuestionType Type, string Text, string Answer)
{
    /// <summary>The options of a choice in order, A first; empty where there are none.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The question with its options, without the word on how to answer; empty where there are none.</summary>
    public string Stem { get; init; } = "";

    /// <summary>Whether an answer is right: letter case, spaces and a full stop at its end don't count.</summary>
    public bool IsAnsweredBy(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return string.Equals(Plain(answer), Plain(Answer), StringComparison.OrdinalIgnoreCase);
    }

    private static string Plain(string text) => text.Trim().TrimEnd('.').Trim();
}
