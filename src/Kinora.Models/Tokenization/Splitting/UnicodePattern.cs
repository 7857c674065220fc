using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Kinora.Models.Tokenization.Splitting;

/// <summary>
/// A regular expression over whole characters. .NET's work on UTF-16 units and know no letters beyond U+FFFF, so the search runs
/// over a shadow of the text that has one unit per character: one beyond U+FFFF is represented by one below of its category.
/// </summary>
internal sealed class UnicodePattern
{
    // Patterns come from files; one that backtracks without end must not hang the program.
    private static readonly TimeSpan longest = TimeSpan.FromSeconds(5);

    private static readonly Lazy<Dictionary<UnicodeCategory, char>> representatives = new(FindRepresentatives);

    private readonly Regex regex;
    private readonly string path;
    private readonly bool foldsCase;

    /// <summary>Prepares a pattern.</summary>
    /// <param name="pattern">The pattern as it stands in <c>tokenizer.json</c>.</param>
    /// <param name="path">The file it comes from.</param>
    /// <exception cref="TokenizerException">A pattern that isn't understood.</exception>
    public UnicodePattern(string pattern, string path)
    {
        this.path = path;
        foldsCase = pattern.Contains("(?i", StringComparison.Ordinal);
        try
        {
            regex = new Regex(pattern, RegexOptions.CultureInvariant, longest);
        }
        catch (Exception error) when (error is ArgumentException or InsufficientExecutionStackException)
        {
            throw new TokenizerException(path, $"the pattern {Quotation.Of(pattern)} is not understood; expected a regular expression such as those of GPT-2, Llama 3 or Qwen2", error);
        }
    }

    /// <summary>The matches that aren't empty, from left to right.</summary>
    /// <exception cref="TokenizerException">The pattern takes too long on this text.</exception>
    public IEnumerable<(int Start, int Length)> Matches(string text)
    {
        var (shadow, starts) = Shadow(text);
        var matches = new List<(int, int)>();
        var clock = Stopwatch.StartNew();
        try
        {
            foreach (var match in regex.EnumerateMatches(shadow))
            {
                if (clock.Elapsed > longest)
                {
                    throw TooSlow(null); // the time-out holds for each match alone
                }

                if (match.Length == 0)
                {
                    continue;
                }

                var start = Place(match.Index);
                matches.Add((start, Place(match.Index + match.Length) - start));
            }
        }
        catch (RegexMatchTimeoutException error)
        {
            throw TooSlow(error);
        }

        return matches;

        int Place(int index) => starts is null ? index : index < starts.Count ? starts[index] : text.Length;
    }

    private TokenizerException TooSlow(Exception? error)
        => new(path, $"the pattern {Quotation.Of(regex.ToString())} takes more than {longest.TotalSeconds} seconds on a text; expected one without endless backtracking", error);

    private (string Shadow, List<int>? Starts) Shadow(string text)
    {
        // Unicode folds the long s to s, .NET does not.
        var folded = foldsCase ? text.Replace('\u017F', 's') : text;
        if (!folded.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return (folded, null);
        }

        var shadow = new StringBuilder(folded.Length);
        var starts = new List<int>(folded.Length);
        var at = 0;
        foreach (var rune in folded.EnumerateRunes())
        {
            shadow.Append(rune.IsBmp ? (char)rune.Value : representatives.Value[Rune.GetUnicodeCategory(rune)]);
            starts.Add(at);
            at += rune.Utf16SequenceLength;
        }

        return (shadow.ToString(), starts);
    }

    // The first of each category behind the Latin letters, so that it is in no pattern by name.
    private static Dictionary<UnicodeCategory, char> FindRepresentatives()
    {
        var found = new Dictionary<UnicodeCategory, char>();
        for (var unit = '\u0250'; unit < '\uFFFF'; unit++)
        {
            found.TryAdd(CharUnicodeInfo.GetUnicodeCategory(unit), unit);
        }

        return found;
    }
}
