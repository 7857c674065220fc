using System.Buffers;
using System.Globalization;
using System.Text;

namespace Kinora.Models.Tokenization.Matching;

/// <summary>Finds added tokens: the leftmost first, and of those beginning there the longest.</summary>
internal sealed class AddedTokenMatcher
{
    /// <summary>The longest spelling of an added token; keeps the search linear whatever a file holds.</summary>
    public const int LongestContent = 512;

    private readonly Node root = new();
    private readonly SearchValues<char> firstUnits;

    /// <summary>Prepares the search.</summary>
    /// <param name="tokens">The tokens, each with the spelling to look for.</param>
    public AddedTokenMatcher(IEnumerable<(string Spelling, AddedToken Token)> tokens)
    {
        foreach (var (spelling, token) in tokens.Where(entry => entry.Spelling.Length > 0))
        {
            var node = root;
            foreach (var unit in spelling)
            {
                node = node.Next.TryGetValue(unit, out var known) ? known : node.Next[unit] = new Node();
            }

            node.Token = token;
        }

        firstUnits = SearchValues.Create([.. root.Next.Keys]);
    }

    /// <summary>Cuts a text at the added tokens in it. Empty stretches are left out.</summary>
    public List<Stretch> Cut(SpannedText spanned)
    {
        var stretches = new List<Stretch>();
        var text = spanned.Text;
        int done = 0, at = 0;
        while (at < text.Length)
        {
            var step = text.AsSpan(at).IndexOfAny(firstUnits);
            if (step < 0)
            {
                break;
            }

            at += step;
            var length = Longest(spanned, at, out var token);
            if (token is null)
            {
                at++;
                continue;
            }

            int start = at, stop = at + length;
            at = stop;
            if (token.SingleWord && (TouchesWordBefore(text, start) || TouchesWordAfter(text, stop)))
            {
                continue;
            }

            start = token.TakesBlanksBefore ? Math.Max(done, text.AsSpan(0, start).TrimEnd().Length) : start;
            stop = token.TakesBlanksAfter ? text.Length - text.AsSpan(stop).TrimStart().Length : stop;
            Add(done, start, null);
            Add(start, stop, token);
            done = stop;
            at = Math.Max(at, stop);
        }

        Add(done, text.Length, null);
        return stretches;

        void Add(int start, int stop, AddedToken? token)
        {
            if (stop > start)
            {
                stretches.Add(new Stretch(start, stop - start, token));
            }
        }
    }

    private int Longest(SpannedText spanned, int start, out AddedToken? token)
    {
        token = null;
        var longest = 0;
        var node = root;
        for (var index = start; index < spanned.Text.Length && spanned.Matches(index, 1) && node.Next.TryGetValue(spanned.Text[index], out var next); index++)
        {
            node = next;
            if (node.Token is not null)
            {
                token = node.Token;
                longest = index + 1 - start;
            }
        }

        return longest;
    }

    private static bool TouchesWordBefore(string text, int index)
        => Rune.DecodeLastFromUtf16(text.AsSpan(0, index), out var rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool TouchesWordAfter(string text, int index)
        => Rune.DecodeFromUtf16(text.AsSpan(index), out var rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool IsWord(Rune rune) => rune.Value is 0x200C or 0x200D || Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter
        or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;

    private sealed class Node
    {
        public Dictionary<char, Node> Next { get; } = [];

        public AddedToken? Token { get; set; }
    }
}
