namespace Kinora.Training.Runs;

/// <summary>Operations on files and directories that stay done when the machine loses power. Each can be made to fail, so that tests see every state that a kill leaves.</summary>
/// <param name="before">Told the name of each operation before it is done; may throw.</param>
/// <param name="exchanges">Whether two directories may exchange their names, where the system can do it.</param>
internal sealed class DurableFiles(Action<string>? before = null, bool exchanges = true)
{
    /// <summary>Makes a directory that isn't there.</summary>
    public void MakeDirectory(string path)
    {
        before?.Invoke($"make {path}");
        Directory.CreateDirectory(path);
    }

    /// <summary>Writes a new file and waits until the disk has it.</summary>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        before?.Invoke($"create {path}");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1);
        before?.Invoke($"fill {path}");
        file.Write(content);
        before?.Invoke($"sync {path}");
        file.Flush(flushToDisk: true);
    }

    /// <summary>Waits until the disk has the content of a file.</summary>
    public void Sync(string path)
    {
        before?.Invoke($"sync {path}");
        // Windows flushes only what may be written; elsewhere a file without that right is flushed too.
        using var file = File.OpenHandle(path, FileMode.Open, OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Waits until the disk has the names in a directory.</summary>
    public void SyncDirectory(string path)
    {
        before?.Invoke($"sync {path}");
        DirectorySync.Flush(path);
    }

    /// <summary>Renames a file over what may be there, or a directory to a name that isn't.</summary>
    public void Rename(string from, string to)
    {
        before?.Invoke($"rename {from} to {to}");
        if (Directory.Exists(from))
        {
            Directory.Move(from, to);
        }
        else
        {
            File.Move(from, to, overwrite: true);
        }
    }

    /// <summary>Lets two directories exchange their names in one step.</summary>
    /// <returns>False where the system has no such step; then nothing was done.</returns>
    public bool TryExchange(string first, string second)
    {
        if (!exchanges)
        {
            return false;
        }

        before?.Invoke($"exchange {first} and {second}");
        return DirectoryExchange.Try(first, second);
    }

    /// <summary>Removes a directory with all it holds; one file after the other, so that a kill may leave some.</summary>
    public void Delete(string path)
    {
        foreach (var file in Directory.EnumerateFiles(path, "*", Everything))
        {
            before?.Invoke($"delete {file}");
            File.Delete(file);
        }

        before?.Invoke($"delete {path}");
        Directory.Delete(path, recursive: true);
    }

    /// <summary>All files below a directory, hidden ones too, but not through links.</summary>
    public static EnumerationOptions Everything => new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };
}
