namespace Kinora.Media;

/// <summary>Where the programs are that a decoder process is made of.</summary>
internal static class ToolPaths
{
    private static readonly Lazy<string?> SetSid = new(() => Find("setsid"));
    private static readonly Lazy<string?> PrLimit = new(() => Find("prlimit"));

    /// <summary>The path of a program.</summary>
    /// <exception cref="ToolMissingException">It isn't there.</exception>
    public static string Require(string nameOrPath)
        => nameOrPath.Contains('/')
            ? File.Exists(nameOrPath) ? Path.GetFullPath(nameOrPath) : throw new ToolMissingException(nameOrPath)
            : Find(nameOrPath) ?? throw new ToolMissingException(nameOrPath);

    /// <summary>
    /// What stands in front of the program: a process group of its own, so that it can be ended with everything that it started,
    /// and limits of memory and processor time. Both belong to util-linux; where they are missing, the other limits still hold.
    /// </summary>
    public static IEnumerable<string> Prefix(MediaLimits limits)
    {
        if (SetSid.Value is { } group)
        {
            yield return group;
        }

        if (PrLimit.Value is { } limiter)
        {
            yield return limiter;
            yield return $"--as={limits.MaxMemory}";
            yield return $"--cpu={(long)Math.Ceiling(limits.ProcessorTime.TotalSeconds)}";
            yield return "--core=0";
        }
    }

    public static string? Find(string name)
        => (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(path => Path.IsPathRooted(path) && File.Exists(path) && MayRun(path));

    // As a shell: what may not be run is passed over.
    private static bool MayRun(string path)
        => OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
