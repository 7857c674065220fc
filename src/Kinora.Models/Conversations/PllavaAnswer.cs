namespace Kinora.Models.Conversations;

/// <summary>How PLLaVA takes an answer out of what was decoded, prompt and answer together, special tokens left out (specification 3.6).</summary>
public static class PllavaAnswer
{
    /// <summary>The benchmarks' way: what stands behind the last role name, without the separator that may end it and without blanks around it. What the answer was begun with stays.</summary>
    public static string OfBenchmark(string decoded, PllavaChatTemplate template)
    {
        var answer = Last(decoded, template);
        return (answer.EndsWith(template.AssistantSeparator, StringComparison.Ordinal) ? answer[..^template.AssistantSeparator.Length] : answer).Trim();
    }

    /// <summary>The chat page's way: what stands behind the last role name.</summary>
    /// <param name="decoded">Prompt and answer.</param>
    /// <param name="template">How they are written.</param>
    /// <param name="compatibility">The original takes letters of the separator off, where it means the separator.</param>
    public static string OfChat(string decoded, PllavaChatTemplate template, Compatibility compatibility)
    {
        var answer = Last(decoded, template);
        answer = compatibility == Compatibility.Original ? TrimLetters(answer, template)
            : answer.EndsWith(template.AssistantSeparator, StringComparison.Ordinal) ? answer[..^template.AssistantSeparator.Length] : answer;
        return answer.Replace("<s>", "", StringComparison.Ordinal);
    }

    /// <summary>Takes every letter off the end that occurs in the separator: of <c>two toys</c> what is left is <c>two toy</c>.</summary>
    public static string TrimLetters(string answer, PllavaChatTemplate template)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(template);
        return answer.TrimEnd(template.AssistantSeparator.ToCharArray());
    }

    private static string Last(string decoded, PllavaChatTemplate template)
    {
        ArgumentNullException.ThrowIfNull(decoded);
        ArgumentNullException.ThrowIfNull(template);

        // A tokenizer that puts a blank behind special marks has put one behind the role's, too.
        var role = template.AssistantRole.Replace("|>", "|> ", StringComparison.Ordinal);
        role = decoded.Contains(role, StringComparison.Ordinal) ? role : template.AssistantRole;
        var place = decoded.LastIndexOf(role, StringComparison.Ordinal);
        return place < 0 ? decoded : decoded[(place + role.Length)..];
    }
}
