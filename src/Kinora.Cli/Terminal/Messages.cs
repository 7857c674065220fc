using System.Text;

namespace Kinora.Cli.Terminal;

/// <summary>Lines for people, on stderr. Whatever comes from outside is cleaned of control characters before a terminal sees it.</summary>
internal static class Messages
{
    public static void Error(string message) => Write($"kinora: {message}");

    public static void Hint(string message) => Write(message);

    /// <summary>The text without characters that steer a terminal; line ends become blanks unless they are wanted.</summary>
    public static string Clean(string text, bool lines = false)
    {
        if (!text.Any(character => char.IsControl(character) || IsBidirectional(character)))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            result.Append(character switch
            {
                '\n' or '\t' when lines => character,
                '\n' or '\r' or '\t' => ' ',
                _ when char.IsControl(character) || IsBidirectional(character) => '\uFFFD',
                _ => character,
            });
        }

        return result.ToString();
    }

    private static void Write(string message)
    {
        ProgressLine.Clear();
        Console.Error.WriteLine(Clean(message));
    }

    /// <summary>Overrides of the writing direction can make a file name look like another.</summary>
    private static bool IsBidirectional(char character) => character is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
