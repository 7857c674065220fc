using System.Text;

namespace Kinora.Models.Tokenization.Matching;

/// <summary>Text that remembers for each UTF-16 unit whether added tokens may be matched there.</summary>
/// <param name="Text">The text.</param>
/// <param name="Matching">One flag per unit; null: everywhere.</param>
internal readonly record struct SpannedText(string Text, bool[]? Matching)
{
    /// <summary>Joins spans; halves of surrogate pairs, which no token can stand for, become U+FFFD.</summary>
    public static SpannedText Join(IReadOnlyList<PromptSpan> spans)
    {
        var text = new StringBuilder();
        foreach (var span in spans)
        {
            text.Append(span.Text);
        }

        bool[]? matching = null;
        if (spans.Any(span => !span.MatchAddedTokens))
        {
            matching = new bool[text.Length];
            var start = 0;
            foreach (var span in spans)
            {
                var length = span.Text?.Length ?? 0;
                matching.AsSpan(start, length).Fill(span.MatchAddedTokens);
                start += length;
            }
        }

        return new SpannedText(Whole(text.ToString()), matching);
    }

    public bool Matches(int start, int length) => Matching is null || !Matching.AsSpan(start, length).Contains(false);

    /// <summary>The text with something in front that belongs to the span that the text begins with; nothing before an empty text.</summary>
    public SpannedText WithPrefix(string prefix)
        => Text.Length == 0 ? this : new SpannedText(prefix + Text, Matching is null ? null : [.. Enumerable.Repeat(Matching[0], prefix.Length), .. Matching]);

    public SpannedText Slice(int start, int length)
        => new(Text.Substring(start, length), Matching?.AsSpan(start, length).ToArray());

    private static string Whole(string text)
    {
        char[]? repaired = null;
        for (var index = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); index >= 0 && index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
            {
                continue;
            }

            if (index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]))
            {
                index++;
                continue;
            }

            repaired ??= text.ToCharArray();
            repaired[index] = '\uFFFD';
        }

        return repaired is null ? text : new string(repaired);
    }
}
