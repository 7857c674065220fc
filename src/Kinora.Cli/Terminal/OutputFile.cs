using Kinora.Media;

namespace Kinora.Cli.Terminal;

/// <summary>Writes a file in whole or not at all: beside its place first, then moved there.</summary>
internal static class OutputFile
{
    /// <exception cref="IOException">The place can't be written to; one line says which and what helps.</exception>
    public static void Write(string path, string text)
        => Guarded(path, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            WholeFile.Write(path, text);
        });

    /// <summary>Adds lines to the end in one write, so that the file is whole before and after.</summary>
    /// <inheritdoc cref="Write"/>
    public static void Append(string path, string text) => Guarded(path, () => File.AppendAllText(path, text));

    /// <summary>Finds out early whether <see cref="Write"/> will be able to, before an hour of work is done for it. Makes the folder; an older file stays as it is.</summary>
    /// <inheritdoc cref="Write"/>
    public static void Prepare(string path) => Guarded(path, () => Try(Path.GetDirectoryName(Path.GetFullPath(path))!, path));

    /// <summary>The same for a folder of files.</summary>
    /// <inheritdoc cref="Write"/>
    public static void PrepareFolder(string path) => Guarded(path, () => Try(path, "folder"));

    private static void Try(string directory, string path)
    {
        Directory.CreateDirectory(directory);
        var temporary = Path.Combine(directory, $".{Path.GetFileName(path)}.{Environment.ProcessId}.tmp");
        File.WriteAllBytes(temporary, []);
        File.Delete(temporary);
    }

    private static void Guarded(string path, Action write)
    {
        // Files are moved into their place: onto /dev/null that would replace it, for everybody.
        if (PlainFile.ReplacesDevice(path))
        {
            throw new IOException($"{path}: this is a pipe, socket or device; name a file, or leave the option out and redirect the output.");
        }

        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: this can't be written; check that its folder may be written to and has room.", error);
        }
    }
}
