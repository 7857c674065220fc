namespace Kinora.Media;

/// <summary>A file that exists, may be read and has a content that is known; made before any program gets to see it.</summary>
/// <param name="Path">As the user wrote it, for messages.</param>
/// <param name="FullPath">Absolute.</param>
/// <param name="Container">What the content is.</param>
internal sealed record SourceFile(string Path, string FullPath, Container Container)
{
    /// <summary>The path as ffmpeg takes it: whatever characters follow <c>file:</c>, they are a file's name.</summary>
    public string Address => "file:" + FullPath;

    /// <summary>Checks a file.</summary>
    /// <exception cref="MediaException">Missing, a folder, empty, a pipe or device, unreadable, or of no known content.</exception>
    public static SourceFile Open(string path)
    {
        var full = Absolute(path);
        if (Directory.Exists(full))
        {
            throw new MediaException(path, "this is a folder; name a file in it.");
        }

        try
        {
            if (!File.Exists(full))
            {
                throw new MediaException(path, "there is no such file; check the path.");
            }

            if (FileType.IsSpecial(full))
            {
                throw new MediaException(path, "this is a pipe, socket or device; save its content as a file first.");
            }

            using var handle = File.OpenHandle(full);
            var start = new byte[Container.StartLength];
            var length = RandomAccess.Read(handle, start, 0);
            if (length == 0)
            {
                throw new MediaException(path, "this file is empty; copy or download it again.");
            }

            return new SourceFile(path, full, Container.Recognise(start.AsSpan(0, length)) ?? throw Unknown(path));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new MediaException(path, "this file may not be read; change its permissions or run as its owner.", error);
        }
        catch (IOException error)
        {
            throw new MediaException(path, "this file can't be read from its disk; check the disk and the path.", error);
        }
    }

    /// <summary>The absolute path.</summary>
    /// <exception cref="MediaException">The path is empty or holds a NUL.</exception>
    public static string Absolute(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Length > 0 && !path.Contains('\0')
            ? System.IO.Path.GetFullPath(path)
            : throw new MediaException(path, "a path can't be empty or hold a NUL character.");
    }

    private static MediaException Unknown(string path)
        => MediaExtensions.IsKnown(path)
            ? new MediaException(path, $"its content is no known video or picture although it ends in {System.IO.Path.GetExtension(path)}; the file is damaged or of another kind; copy it again or convert it to MP4.")
            : new MediaException(path, $"this is no video or picture of a supported kind; supported are {MediaExtensions.Listing}.");
}
