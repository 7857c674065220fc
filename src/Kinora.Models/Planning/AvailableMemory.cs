using System.Globalization;

namespace Kinora.Models.Planning;

/// <summary>How much memory this process could still get without anything being killed.</summary>
public static class AvailableMemory
{
    /// <summary>
    /// The least of what the system has free or could free (MemAvailable), what every control group above this process allows
    /// (versions 1 and 2), and what <c>ulimit -v</c> leaves. The runtime's own figure isn't asked: it is a limit of managed memory,
    /// in a container three quarters of what there is, and tensors aren't managed. It only stands in where the system tells nothing.
    /// </summary>
    public static long Headroom() => Headroom("/proc", "/sys/fs/cgroup");

    /// <summary>Memory of this process's own, not mapped from files; 0 where the system doesn't tell.</summary>
    public static long InUse() => InUse("/proc");

    internal static long Headroom(string proc, string groups)
    {
        var status = Path.Combine(proc, "self", "status");
        if (Field(Path.Combine(proc, "meminfo"), "MemAvailable:") is not { } available)
        {
            return Math.Max(0, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet);
        }

        var least = available * 1024;
        if (Field(Path.Combine(proc, "self", "limits"), "Max address space") is { } addresses && Field(status, "VmSize:") is { } used)
        {
            least = Math.Min(least, addresses - (used * 1024));
        }

        foreach (var directory in Groups(proc, groups))
        {
            least = Math.Min(least, Left(directory, "memory.max", "memory.current", ""));
            least = Math.Min(least, Left(directory, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_"));
        }

        return Math.Max(0, least);
    }

    internal static long InUse(string proc)
    {
        // The runtime keeps compiled code in memory that counts as shared.
        var status = Path.Combine(proc, "self", "status");
        return ((Field(status, "RssAnon:") ?? 0) + (Field(status, "RssShmem:") ?? 0)) * 1024;
    }

    /// <summary>The group of this process and all above it: each may have a limit.</summary>
    private static IEnumerable<string> Groups(string proc, string root)
    {
        foreach (var line in Lines(Path.Combine(proc, "self", "cgroup")))
        {
            // 0::/user.slice/a (version 2), 4:memory:/a (version 1)
            if (line.Split(':', 3) is not [_, var controllers, var path] || (controllers.Length > 0 && !controllers.Split(',').Contains("memory")))
            {
                continue;
            }

            var top = controllers.Length > 0 ? Path.Combine(root, "memory") : root;
            for (var group = path.Trim('/'); ; group = Path.GetDirectoryName(group) ?? "")
            {
                yield return Path.Combine(top, group);
                if (group.Length == 0)
                {
                    break;
                }
            }
        }
    }

    /// <summary>The limit less what is used; pages of files count as free, as they can be read again.</summary>
    private static long Left(string directory, string limitFile, string usageFile, string prefix)
    {
        if (Number(Path.Combine(directory, limitFile)) is not { } limit || Number(Path.Combine(directory, usageFile)) is not { } usage)
        {
            return long.MaxValue;
        }

        var statistics = Path.Combine(directory, "memory.stat");
        var files = (Field(statistics, $"{prefix}inactive_file") ?? 0) + (Field(statistics, $"{prefix}active_file") ?? 0);
        return limit - Math.Max(0, usage - files);
    }

    private static long? Number(string path) => Lines(path).FirstOrDefault() is { } text ? Parse(text) : null;

    private static long? Field(string path, string name)
        => Lines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal) && (name[^1] == ':' || line[name.Length..] is [' ', ..])) is { } found
            ? Parse(found[name.Length..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "")
            : null;

    private static long? Parse(string text) => long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Empty if the file isn't there or may not be read: other systems, other settings.</summary>
    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
