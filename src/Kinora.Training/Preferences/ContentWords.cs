using System.Collections.Frozen;

namespace Kinora.Training.Preferences;

/// <summary>The words of an English text that say what is seen, in order: small letters, without plural and verb endings in s, without words that only join others.</summary>
internal static class ContentWords
{
    private const int ShortestWithEnding = 4;

    private static readonly FrozenSet<string> joining = (
        "a an the this that these those some any each it its he his him she her they their them there here i you we is are was were be been being am has have had do does did done " +
        "will would can could may might and or but nor so as if than then while when where which who whom whose what of in on at by for with to from into onto over under about up down out off " +
        "through during before after not no also very just only more most other another s t")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The words.</summary>
    public static List<string> Of(string text)
    {
        var words = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && char.IsLetterOrDigit(text[end]))
            {
                end++;
            }

            if (end > start && text[start..end].ToLowerInvariant() is var word && !joining.Contains(word))
            {
                words.Add(WithoutEnding(word));
            }

            start = end + 1;
        }

        return words;
    }

    /// <summary>Boxes and box, stories and story, chases and chase are one word each; glass and bus end so by nature.</summary>
    private static string WithoutEnding(string word) => word switch
    {
        _ when word.Length < ShortestWithEnding => word,
        [.., 'i', 'e', 's'] => $"{word[..^3]}y",
        [.., 's', 's', 'e', 's'] or [.., 'x', 'e', 's'] or [.., 'c' or 's', 'h', 'e', 's'] => word[..^2],
        [.., 's' or 'u' or 'i', 's'] => word,
        [.., 's'] => word[..^1],
        _ => word,
    };
}
