using System.Text;

namespace Kinora.Cli.Terminal;

/// <summary>A text that comes piece by piece. On a terminal it is broken between words; elsewhere it stays as it is.</summary>
/// <param name="output">Where it goes.</param>
/// <param name="width">Columns of the terminal; null if it is none.</param>
internal sealed class StreamedText(TextWriter output, int? width)
{
    // A longer run of letters is no word to wait for: some scripts have no blanks.
    private const int LongestWord = 32;

    private readonly StringBuilder word = new();
    private int column;
    private int blanks;

    /// <summary>Whether a line was begun and not ended.</summary>
    public bool MidLine { get; private set; }

    /// <summary>A text for stdout.</summary>
    public static StreamedText ToConsole() => new(Console.Out, Console.IsOutputRedirected ? null : Math.Max(20, Console.WindowWidth));

    /// <summary>Takes the next piece, cleaned of what steers a terminal. Blanks in front of the text are left out.</summary>
    public void Write(string piece)
    {
        foreach (var character in Messages.Clean(MidLine ? piece : piece.TrimStart(), lines: true))
        {
            Take(character);
        }

        if (width is null)
        {
            EndWord();
        }

        output.Flush();
    }

    /// <summary>Ends the line if one was begun.</summary>
    public void End()
    {
        EndWord();
        if (MidLine)
        {
            output.WriteLine();
        }

        (MidLine, column, blanks) = (false, 0, 0);
    }

    private void Take(char character)
    {
        MidLine = true;
        switch (character)
        {
            case '\n':
                EndWord();
                output.Write('\n');
                (column, blanks) = (0, 0);
                break;
            case ' ':
                EndWord();
                blanks++;
                break;
            default:
                word.Append(character);
                if (word.Length >= LongestWord && !char.IsHighSurrogate(character))
                {
                    EndWord();
                }

                break;
        }
    }

    private void EndWord()
    {
        if (word.Length == 0)
        {
            return;
        }

        if (column > 0 && blanks > 0 && column + blanks + word.Length > width)
        {
            output.Write('\n');
            column = 0;
        }
        else
        {
            output.Write(new string(' ', blanks));
            column += blanks;
        }

        output.Write(word);
        column += word.Length;
        blanks = 0;
        word.Clear();
    }
}
