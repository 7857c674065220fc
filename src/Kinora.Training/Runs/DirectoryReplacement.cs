using Kinora.Models.Checkpoints;

namespace Kinora.Training.Runs;

/// <summary>
/// Puts a directory in place of another so that at every moment, kill or power cut, either the old or the new one is there whole: it is written beside it under another name,
/// flushed to the disk, and then takes the name. What a kill leaves behind is cleaned up by <see cref="Recover"/>.
/// </summary>
internal sealed class DirectoryReplacement(DurableFiles files)
{
    private const string New = ".new-";
    private const string Old = ".old-";

    /// <summary>The operations that it uses.</summary>
    public DurableFiles Files => files;

    /// <summary>Removes what was begun, and puts back what was moved away but not yet replaced.</summary>
    /// <param name="parent">The directory that holds those that are replaced; may be missing.</param>
    public void Recover(string parent)
    {
        if (!Directory.Exists(parent))
        {
            return;
        }

        foreach (var left in Directory.GetDirectories(parent, ".*", new EnumerationOptions { AttributesToSkip = FileAttributes.None }))
        {
            var name = Path.GetFileName(left);
            if (name.StartsWith(Old, StringComparison.Ordinal) && Path.Combine(parent, name[Old.Length..]) is var place && !Directory.Exists(place))
            {
                files.Rename(left, place);
            }
            else if (name.StartsWith(Old, StringComparison.Ordinal) || name.StartsWith(New, StringComparison.Ordinal))
            {
                files.Delete(left);
            }
        }
    }

    /// <summary>Writes a directory and puts it in its place.</summary>
    /// <param name="parent">Where; made if it is missing.</param>
    /// <param name="name">The directory's name.</param>
    /// <param name="write">Given a new empty directory to fill.</param>
    /// <param name="seal">Done when everything is on the disk and before the directory takes its place; null: nothing.</param>
    /// <exception cref="RunException">The disk is full, or something else failed; what was there before is untouched.</exception>
    public void Replace(string parent, string name, Action<string> write, Action<string>? seal = null)
    {
        var (target, fresh, old) = (Path.Combine(parent, name), Path.Combine(parent, New + name), Path.Combine(parent, Old + name));
        try
        {
            if (!Directory.Exists(parent))
            {
                files.MakeDirectory(parent);
                files.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(parent))!);
            }

            Recover(parent);
            files.MakeDirectory(fresh);
            write(fresh);
            foreach (var file in Directory.EnumerateFiles(fresh, "*", DurableFiles.Everything))
            {
                files.Sync(file);
            }

            seal?.Invoke(fresh);
            foreach (var directory in Directory.EnumerateDirectories(fresh, "*", DurableFiles.Everything).Append(fresh))
            {
                files.SyncDirectory(directory);
            }

            TakePlace(fresh, target, old);
            files.SyncDirectory(parent);
        }
        catch (Exception error)
        {
            Clean(parent);
            if (error is IOException or UnauthorizedAccessException or CheckpointException)
            {
                var cause = error is CheckpointException { InnerException: { } inner } ? inner : error;
                throw new RunException(target, $"can't be written ({cause.Message}); what was saved before is untouched; make room or give rights there, then go on with `kinora train resume`", error);
            }

            throw;
        }

        // The new one is there; what is left of the old one costs only room, and the next start removes it.
        Clean(parent);
    }

    /// <summary>Removes a directory so that no half of it is ever seen under its name.</summary>
    public void Remove(string parent, string name)
    {
        var hidden = Path.Combine(parent, New + name);
        if (Directory.Exists(hidden))
        {
            files.Delete(hidden);
        }

        files.Rename(Path.Combine(parent, name), hidden);
        files.Delete(hidden);
    }

    private void TakePlace(string fresh, string target, string old)
    {
        if (!Directory.Exists(target))
        {
            files.Rename(fresh, target);
        }
        else if (!files.TryExchange(fresh, target))
        {
            files.Rename(target, old);
            files.Rename(fresh, target);
        }
    }

    private void Clean(string parent)
    {
        try
        {
            Recover(parent);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It can't be removed now; the next start tries again, and nothing reads it.
        }
    }
}
