using System.Text.RegularExpressions;

namespace Kinora.Models.Checkpoints;

/// <summary>
/// The local cache of the Hugging Face hub, as its own tools fill it: <c>models--org--name/refs/main</c> names a commit, whose files lie under
/// <c>models--org--name/snapshots/COMMIT</c> as links to <c>blobs</c>. Nothing is ever downloaded.
/// </summary>
/// <param name="directory">Where the cache is, or would be.</param>
public sealed partial class HubCache(string directory)
{
    private const string MainRevision = "main";
    private const int LongestReference = 1024;

    /// <summary>Where the cache is, or would be.</summary>
    public string Directory { get; } = directory;

    /// <summary>The cache that the environment names: HF_HUB_CACHE, else below HF_HOME, else below XDG_CACHE_HOME, else below the user's .cache.</summary>
    /// <param name="variable">Gives environment variables; by default the process's.</param>
    public static HubCache OfEnvironment(Func<string, string?>? variable = null)
    {
        variable ??= Environment.GetEnvironmentVariable;
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return new(Named("HF_HUB_CACHE") is { } hub ? hub
            : Named("HF_HOME") is { } home ? Path.Combine(home, "hub")
            : Path.Combine(Named("XDG_CACHE_HOME") ?? Path.Combine(user, ".cache"), "huggingface", "hub"));

        string? Named(string name) => variable(name) is not { Length: > 0 } path ? null : path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? Path.Join(user, path[1..]) : path;
    }

    /// <summary>Whether a text could name a model of the hub: <c>org/name</c>, maybe with <c>@revision</c>.</summary>
    public static bool IsId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Id().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal);
    }

    /// <summary>The directory of a model's files.</summary>
    /// <param name="id"><c>org/name</c> or <c>org/name@revision</c>; a revision is a branch, a tag or a commit.</param>
    /// <returns>The directory, or null if the cache hasn't got it.</returns>
    public string? Find(string id)
    {
        if (!IsId(id))
        {
            return null;
        }

        var (name, revision) = id.Split('@') is [var before, var after] ? (before, after) : (id, MainRevision);
        var model = Path.Combine(Directory, "models--" + name.Replace("/", "--", StringComparison.Ordinal));
        var commit = Commit(model, revision) ?? revision;
        return Snapshots(model).FirstOrDefault(snapshot => Path.GetFileName(snapshot) == commit)
            ?? (revision == MainRevision && Snapshots(model) is [var only] ? only : null);
    }

    /// <summary>All models that are there: id, and the directory of its files.</summary>
    public IEnumerable<(string Id, string Directory)> Models()
    {
        foreach (var model in Entries(Directory, "models--*"))
        {
            var id = Path.GetFileName(model)["models--".Length..].Replace("--", "/", StringComparison.Ordinal);
            var main = Commit(model, MainRevision);
            foreach (var snapshot in Snapshots(model))
            {
                yield return (Path.GetFileName(snapshot) == main || main is null ? id : $"{id}@{Path.GetFileName(snapshot)}", snapshot);
            }
        }
    }

    /// <summary>The commit that a branch or tag names; null without such a file, or if what it says is no file name.</summary>
    private static string? Commit(string model, string revision)
    {
        try
        {
            var file = Path.Combine(model, "refs", revision);
            return File.Exists(file) && Media.PlainFile.ReadAtMost(file, LongestReference) is { } bytes && System.Text.Encoding.ASCII.GetString(bytes).Trim() is var commit && Name().IsMatch(commit) ? commit : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static List<string> Snapshots(string model) => [.. Entries(Path.Combine(model, "snapshots"), "*").Where(snapshot => File.Exists(Path.Combine(snapshot, "config.json")))];

    private static IEnumerable<string> Entries(string directory, string pattern)
    {
        try
        {
            return System.IO.Directory.Exists(directory) ? System.IO.Directory.GetDirectories(directory, pattern).Order(StringComparer.Ordinal) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*(@[A-Za-z0-9][A-Za-z0-9._/-]*)?$")]
    private static partial Regex Id();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    private static partial Regex Name();
}
