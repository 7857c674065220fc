namespace Kinora.Media;

/// <summary>Writes pictures to disk.</summary>
public static class PictureWriter
{
    /// <summary>
    /// Writes a PNG. The file appears whole or not at all: it is written under a temporary name beside its place and then renamed.
    /// </summary>
    /// <exception cref="MediaException">The place can't be written to.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left behind, an older file of that name stays.</exception>
    public static async Task WritePngAsync(Picture picture, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        if (PlainFile.ReplacesDevice(full))
        {
            throw new MediaException(path, "this is a pipe, socket or device; name a file.");
        }

        var temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Guid.NewGuid():N}.part");
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await File.WriteAllBytesAsync(temporary, PngEncoder.Encode(picture), cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(path, "this picture can't be written here; check that the folder exists, has room and may be written to.", error);
        }
        finally
        {
            // After a success there is no such file any more, and deleting nothing is no error.
            TryDelete(temporary);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder itself is missing or closed: then there is no temporary file either.
        }
    }
}
