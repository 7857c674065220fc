namespace Kinora.Media;

/// <summary>Writes pictures to disk.</summary>
public static class PictureWriter
{
    /// <summary>Writes a PNG; the file appears whole or not at all.</summary>
    /// <exception cref="MediaException">The place can't be written to.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left behind, an older file of that name stays.</exception>
    public static async Task WritePngAsync(Picture picture, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (PlainFile.ReplacesDevice(path))
        {
            throw new MediaException(path, "this is a pipe, socket or device; name a file.");
        }

        try
        {
            await WholeFile.MakeAsync(path, temporary => File.WriteAllBytesAsync(temporary, PngEncoder.Encode(picture), cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(path, "this picture can't be written here; check that the folder exists, has room and may be written to.", error);
        }
    }
}
