using System.Text;
using Kinora.Media;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Clips;

/// <summary>The file <c>clips.jsonl</c> of a directory while clips are added: a line is there once its clip is whole.</summary>
internal sealed class ClipList : IDisposable
{
    private const string Name = "clips.jsonl";

    private readonly HashSet<long> seeds = [];
    private readonly string path;
    private FileStream file;

    private ClipList(string path) => (this.path, file) = (path, Grasp(path));

    /// <summary>Opens the list and puts in order what a killed program left: half a line, lines of clips that were removed, files that were begun.</summary>
    /// <param name="directory">Its directory.</param>
    /// <param name="isThere">Whether the clip of a seed is there.</param>
    /// <exception cref="IOException">It can't be read or written.</exception>
    public static ClipList Open(string directory, Func<long, bool> isThere)
    {
        var list = new ClipList(Path.Combine(directory, Name));
        try
        {
            foreach (var begun in Directory.EnumerateFileSystemEntries(directory, WholeFile.TemporaryPattern))
            {
                WholeFile.Delete(begun);
            }

            list.Clean(isThere);
            return list;
        }
        catch
        {
            list.Dispose();
            throw;
        }
    }

    /// <summary>Adds the line of a clip, if it isn't there.</summary>
    public void Add(long seed, Func<ClipPlan> plan, string name)
    {
        if (seeds.Add(seed))
        {
            file.Write(Encoding.UTF8.GetBytes(ClipLine.Of(plan(), name) + "\n"));
            file.Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private void Clean(Func<long, bool> isThere)
    {
        using var reader = new StreamReader(file, Encoding.UTF8, leaveOpen: true);
        var kept = new StringBuilder();
        while (reader.ReadLine() is { } line)
        {
            if (ClipLine.SeedOf(line) is { } seed && isThere(seed) && seeds.Add(seed))
            {
                kept.Append(line).Append('\n');
            }
        }

        var text = kept.ToString();
        if (Encoding.UTF8.GetByteCount(text) != file.Length)
        {
            file.Dispose();
            WholeFile.Write(path, text);
            file = Grasp(path);
            file.Seek(0, SeekOrigin.End);
        }
    }

    private static FileStream Grasp(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
}
