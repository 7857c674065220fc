using System.Globalization;
using System.Text;

namespace Kinora.Models;

/// <summary>Shows text from a file inside an error message: one line, no control characters, not too long.</summary>
public static class Quotation
{
    private const int Longest = 400;

    /// <summary>The text in quotation marks, fit for a terminal whatever it holds.</summary>
    public static string Of(string? text)
    {
        if (text is null)
        {
            return "null";
        }

        var shown = new StringBuilder("\"");
        foreach (var unit in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            // A hostile key may hold line breaks or terminal escapes; lone surrogates can't be written either.
            if (char.IsControl(unit) || char.IsSurrogate(unit) || char.GetUnicodeCategory(unit) == UnicodeCategory.Format)
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            }
            else
            {
                shown.Append(unit);
            }
        }

        return shown.Append(text.Length > Longest ? "...\"" : "\"").ToString();
    }

    /// <summary>A whole message with '?' in place of control characters, which paths and the system's own words may hold.</summary>
    public static string Line(string message) => message.Any(char.IsControl) ? string.Concat(message.Select(unit => char.IsControl(unit) ? '?' : unit)) : message;

    /// <summary>At most <paramref name="limit"/> of the names, quoted, and how many more there are.</summary>
    public static string Of(IReadOnlyCollection<string> names, int limit = 20)
    {
        var listed = string.Join(", ", names.Take(limit).Select(Of));
        return names.Count > limit ? $"{listed} and {names.Count - limit} more" : listed;
    }
}
