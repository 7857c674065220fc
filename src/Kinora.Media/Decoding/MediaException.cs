namespace Kinora.Media;

/// <summary>A video or picture can't be used. The message is one line that names the file, what is wrong and what helps.</summary>
public class MediaException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The file or folder; it stands in front of the message, with control characters shown as '?'.</param>
    /// <param name="problem">What is wrong and what helps.</param>
    /// <param name="inner">What lay behind it.</param>
    public MediaException(string path, string problem, Exception? inner = null)
        : base($"{Printable(path)}: {problem}", inner)
    {
        (Path, Problem) = (path, problem);
    }

    /// <summary>The file or folder, as it was given.</summary>
    public string Path { get; }

    /// <summary>What is wrong and what helps, without the file.</summary>
    public string Problem { get; }

    // A file name may hold line breaks and terminal escapes: they must not reach the user's terminal.
    internal static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
