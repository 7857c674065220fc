using System.Globalization;
using System.Text;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Families;

/// <summary>
/// What ShareCaptioner-Video is asked for each of its tasks, and how it is written. The words are part of the format, their spelling too: the model was tuned to them and to no others.
/// </summary>
/// <remarks>After ShareGPT4Video's page: pairs count frames from 0, the summary from 1, both on a clock of two seconds a frame.</remarks>
public static class ShareCaptionerPrompt
{
    /// <summary>Stands for a picture.</summary>
    public const string Image = "<ImageHere>";

    /// <summary>Asks about all frames in one picture.</summary>
    public const string Fast = "Here are a few key frames of a video, discribe this video in detail.";

    /// <summary>Asks about the first frame.</summary>
    public const string First = "This is the first frame of a video, describe it in detail.";

    /// <summary>What begins a turn.</summary>
    internal const string Begin = "[UNUSED_TOKEN_146]";

    /// <summary>What ends a turn.</summary>
    internal const string End = "[UNUSED_TOKEN_145]";

    private const int SecondsApart = 2;

    /// <summary>Asks what happens between a frame and the next.</summary>
    /// <param name="number">The earlier frame's number, from 0.</param>
    /// <param name="previous">What was said last.</param>
    public static string Next(int number, string previous) => string.Create(
        CultureInfo.InvariantCulture,
        $"Here are the Video frame {number} at {SecondsApart * number}.00 Second(s) and Video frame {number + 1} at {SecondsApart * (number + 1)}.00 Second(s) of a video, describe what happend between them. What happend before is: {previous}");

    /// <summary>Asks for one caption out of those of the frames.</summary>
    public static string Summary(IReadOnlyList<string> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        var text = new StringBuilder("Summarize the following per frame descriptions:\n");
        for (var number = 0; number < captions.Count; number++)
        {
            text.Append(CultureInfo.InvariantCulture, $"Video frame {number + 1} at {SecondsApart * number}.00 Second(s) description: {captions[number]}\n");
        }

        return text.ToString();
    }

    /// <summary>Asks for a detailed caption out of a few words.</summary>
    public static string Recaption(string words) => $"Translate this brief generation prompt into a detailed caption: {words}";

    /// <summary>The first question: pictures stand before the user's mark; behind it if there is a system text, as in the chat of the model that this one was made from.</summary>
    public static IReadOnlyList<PromptSpan> Open(string typed, int pictures, string? system = null)
    {
        var (images, user) = (Enumerable.Repeat(new PromptSpan(Image, true), pictures), new PromptSpan($"{Begin}user\n", true));
        IEnumerable<PromptSpan> begin = system is null ? [.. images, user] : [new($"{Begin}system\n", true), new(system, false), new($"{End}\n", true), user, .. images];
        return [.. begin, new(typed, false), new($"{End}\n{Begin}assistant\n", true)];
    }

    /// <summary>What follows an answer.</summary>
    public static IReadOnlyList<PromptSpan> Continue(string typed) => [new($"{End}\n{Begin}user\n", true), new(typed, false), new($"{End}\n{Begin}assistant\n", true)];

    /// <summary>The answer within what was written: up to the end of the turn, without the end of the text.</summary>
    public static string Answer(string written)
    {
        ArgumentNullException.ThrowIfNull(written);
        var text = Before(Before(written, End), "<|im_end|>");
        return text.EndsWith("</s>", StringComparison.Ordinal) ? text[..^4] : text;
    }

    private static string Before(string text, string mark) => (text.IndexOf(mark, StringComparison.Ordinal) is >= 0 and var place ? text[..place] : text).Trim();
}
