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
        Console.Error.WriteLine(Console.IsErrorRedirected ? Clean(message) : Wrap(Clean(message), Math.Max(20, Console.WindowWidth)));
    }

    /// <summary>Breaks a line at blanks, as a terminal would break it within words.</summary>
    internal static string Wrap(string text, int width)
    {
        var result = new StringBuilder();
        var column = 0;
        foreach (var word in text.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > width)
            {
                result.Append('\n');
                column = 0;
            }
            else if (result.Length > 0)
            {
                result.Append(' ');
                column++;
            }

            result.Append(word);
            column += word.Length;
        }

        return result.ToString();
    }

    /// <summary>Overrides of the writing direction can make a file name look like another.</summary>
    private static bool IsBidirectional(char character) => character is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
