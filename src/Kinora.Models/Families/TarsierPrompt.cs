using Kinora.Models.Conversations;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Families;

/// <summary>How Tarsier v1 writes prompts: <c>USER: &lt;image&gt;...\nquestion ASSISTANT: answer&lt;/s&gt;USER: ...</c></summary>
/// <remarks>
/// <see cref="OneShot"/> and <see cref="Chat"/> follow the original, in which placeholders and roles are part of the text. Kinora's
/// own commands use <see cref="First"/> and <see cref="Next"/>, where typed text is a span of its own in which nothing is matched.
/// </remarks>
public static class TarsierPrompt
{
    /// <summary>Stands for one picture.</summary>
    public const string Image = "<image>";

    /// <summary>Stands for all pictures of a video; replaced before tokenising.</summary>
    public const string Video = "<video>";

    private const string User = "USER: ";
    private const string Assistant = " ASSISTANT: ";

    /// <summary>The original's prompt for one question. Text that holds both role names in order is taken as a whole prompt.</summary>
    /// <param name="text">The question, with placeholders where pictures belong.</param>
    /// <param name="images">The number of pictures.</param>
    /// <exception cref="ArgumentException">The placeholders don't match the pictures.</exception>
    public static string OneShot(string text, int images)
    {
        if (images == 0)
        {
            text = WithoutPlaceholders(text);
        }
        else
        {
            text = text.Replace(Video, Repeat(images), StringComparison.Ordinal);
            var found = text.Split(Image).Length - 1;
            if (found != images)
            {
                throw new ArgumentException($"The prompt has {found} {Image} placeholders for {images} pictures; write one per picture, or {Video} once.", nameof(text));
            }
        }

        var user = text.IndexOf("USER:", StringComparison.Ordinal);
        return user >= 0 && text.IndexOf("ASSISTANT:", user, StringComparison.Ordinal) >= 0 ? text : $"{User}{text}{Assistant}";
    }

    /// <summary>The original's prompt for a conversation, open for the next answer. Pictures stand before the first question.</summary>
    /// <param name="turns">Questions and answers in turn.</param>
    /// <param name="images">The number of pictures.</param>
    /// <param name="endMark">What ends an answer: <c>&lt;/s&gt;</c> or <c>&lt;|endoftext|&gt;</c>.</param>
    public static string Chat(IReadOnlyList<Turn> turns, int images, string endMark)
    {
        var prompt = new System.Text.StringBuilder();
        for (var i = 0; i < turns.Count; i++)
        {
            var text = turns[i].Role == Role.User ? WithoutPlaceholders(turns[i].Text).Trim() : turns[i].Text;
            if (turns[i].Role == Role.User)
            {
                prompt.Append(User).Append(i == 0 && images > 0 ? Repeat(images) + "\n" : "").Append(text).Append(Assistant);
            }
            else if (text.Length > 0)
            {
                // An empty answer leaves the turn open without an end mark, as the original does.
                prompt.Append(text).Append(endMark);
            }
        }

        return prompt.ToString();
    }

    /// <summary>What ends an answer in the original's template of this name.</summary>
    /// <exception cref="ArgumentException">A name that the original doesn't know.</exception>
    public static string EndMark(string template) => template switch
    {
        _ when template.Contains("tarsier2-7b", StringComparison.OrdinalIgnoreCase) => "<|endoftext|>",
        _ when template.Contains("7b", StringComparison.OrdinalIgnoreCase) || template.Contains("13b", StringComparison.OrdinalIgnoreCase) => "</s>",
        _ when template.Contains("34b", StringComparison.OrdinalIgnoreCase) => "<|endoftext|>",
        _ => throw new ArgumentException($"There is no conversation template '{template}'; known are 7b, 13b and 34b.", nameof(template)),
    };

    /// <summary>The first prompt of a conversation as spans: pictures, then what the user typed.</summary>
    public static IReadOnlyList<PromptSpan> First(string typed, int images)
        => [new($"{User}{(images > 0 ? Repeat(images) + "\n" : "")}", true), new(typed, false), new(Assistant, true)];

    /// <summary>What follows an answer: its end mark and the next question.</summary>
    public static IReadOnlyList<PromptSpan> Next(string typed, string endMark)
        => [new($"{endMark}{User}", true), new(typed, false), new(Assistant, true)];

    private static string Repeat(int images) => string.Concat(Enumerable.Repeat(Image, images));

    private static string WithoutPlaceholders(string text)
        => text.Replace(Image, "", StringComparison.Ordinal).Replace(Video, "", StringComparison.Ordinal);
}
