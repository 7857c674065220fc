namespace Kinora.Media;

/// <summary>Files and folders that appear whole or not at all: they are made under a temporary name beside their place and then renamed.</summary>
public static class WholeFile
{
    /// <summary>What the temporary names look like, for those who tidy up after a program that was killed.</summary>
    public const string TemporaryPattern = ".*.part";

    /// <summary>Makes a file, in place of an older one, or a folder where nothing is yet.</summary>
    /// <param name="path">Its place.</param>
    /// <param name="make">Makes it in the place that it is told.</param>
    /// <param name="cancellationToken">Ends it; nothing is left behind, an older file stays.</param>
    /// <exception cref="IOException">The place can't be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written to.</exception>
    public static async Task MakeAsync(string path, Func<string, Task> make, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(make);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var temporary = Temporary(full);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await make(temporary).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (Directory.Exists(temporary))
            {
                Directory.Move(temporary, full);
            }
            else
            {
                File.Move(temporary, full, overwrite: true);
            }
        }
        finally
        {
            // After a success there is nothing of that name any more.
            TryDelete(temporary);
        }
    }

    /// <summary>Writes a text in UTF-8, in place of an older file.</summary>
    /// <inheritdoc cref="MakeAsync" path="/exception"/>
    public static void Write(string path, string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        var temporary = Temporary(full);
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, full, overwrite: true);
        }
        finally
        {
            TryDelete(temporary);
        }
    }

    /// <summary>Removes a file or a folder of a temporary name, if it is there.</summary>
    /// <inheritdoc cref="MakeAsync" path="/exception"/>
    public static void Delete(string temporary)
    {
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }
        else
        {
            File.Delete(temporary);
        }
    }

    private static string Temporary(string full) => Path.Combine(Path.GetDirectoryName(full)!, $".{Guid.NewGuid():N}.part");

    private static void TryDelete(string temporary)
    {
        try
        {
            Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder itself is missing or closed: what hindered the writing hinders this too, and has been told.
        }
    }
}
