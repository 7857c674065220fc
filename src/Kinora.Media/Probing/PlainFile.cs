namespace Kinora.Media;

/// <summary>Opens files that strangers may have put there: a pipe would be waited for without end, and a device never ends.</summary>
public static class PlainFile
{
    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="IOException">There is no such file, it can't be read, or it is a pipe, socket or device.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a folder.</exception>
    public static FileStream Open(string path)
        => FileType.IsSpecial(path)
            ? throw new IOException("it is a pipe, socket or device; put a plain file there")
            : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);

    /// <summary>Whether a file that is moved onto a path would replace a pipe, socket or device, or the link to one.</summary>
    public static bool ReplacesDevice(string path)
        => FileType.IsSpecial(path) || new FileInfo(path).LinkTarget?.StartsWith("/proc/", StringComparison.Ordinal) == true;

    /// <summary>Reads a whole file, but never more than a number of bytes, whatever size the system says it has.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostBytes">The most that is read; less than 2 GiB.</param>
    /// <returns>The bytes, or null if there are more.</returns>
    /// <inheritdoc cref="Open"/>
    public static byte[]? ReadAtMost(string path, int mostBytes)
    {
        using var file = Open(path);
        if (file.Length > mostBytes)
        {
            return null;
        }

        // Files of /proc have a length of 0 and yet content.
        var bytes = new byte[file.Length];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length < bytes.Length)
        {
            return bytes[..length];
        }

        while (file.ReadByte() is >= 0 and var next)
        {
            if (length == mostBytes)
            {
                return null;
            }

            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(mostBytes, Math.Max(4096, 2L * length)));
            }

            bytes[length++] = (byte)next;
        }

        return bytes.Length == length ? bytes : bytes[..length];
    }
}
