using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kinora.Media;
using Kinora.Toybox.Planning;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Clips;

/// <summary>
/// A directory of clips with their truth: <c>world.json</c> says which world they are of, <c>clips.jsonl</c> what happens in each. Work that was stopped goes on where it was: whole clips are kept, and
/// a clip has a line once it is whole. One program at a time.
/// </summary>
public sealed class WorldDirectory : IDisposable
{
    private const string AboutName = "world.json";
    private const string LinesName = "clips.jsonl";

    // A line takes some kilobytes.
    private const int MostAboutBytes = 1 << 16;

    private readonly string path;
    private readonly int level;
    private readonly ClipFormat format;
    private readonly FileStream lines;
    private readonly HashSet<long> listed;

    private WorldDirectory(string path, int level, ClipFormat format, FileStream lines, HashSet<long> listed)
        => (this.path, this.level, this.format, this.lines, this.listed) = (path, level, format, lines, listed);

    /// <summary>Opens a directory for clips of a level, or makes it.</summary>
    /// <exception cref="WorldException">It holds something else, clips of another version of the world, another level or another format, it can't be written to, or another program writes to it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public static WorldDirectory Open(string path, int level, ClipFormat format)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _ = Level.Of(level);
        var about = new JsonObject
        {
            ["world"] = WorldVersion.Current,
            ["level"] = level,
            ["format"] = Name(format),
            ["framesPerSecond"] = ClipPlan.FramesPerSecond,
            ["side"] = ClipPlan.Side,
        };
        try
        {
            Directory.CreateDirectory(path);
            var aboutFile = Path.Combine(path, AboutName);
            if (File.Exists(aboutFile))
            {
                Check(path, aboutFile, about);
            }
            else if (Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw new WorldException(path, $"this directory holds something else (it has no {AboutName}); name a new or an empty one.");
            }
            else
            {
                Replace(aboutFile, about.ToJsonString() + "\n");
            }

            return Resume(path, level, format);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WorldException(path, "this directory can't be written to; check that it may be, has room, and that no other program is writing to it.", error);
        }
    }

    /// <summary>Writes the clips of some seeds that aren't there yet, several at a time, and lists them in the order of their seeds.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="writer">What writes them.</param>
    /// <param name="progress">Told after each clip how many are there.</param>
    /// <param name="cancellationToken">Stops the work; whole clips stay.</param>
    /// <returns>How many were written now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The seeds are negative or too large, or there are none.</exception>
    /// <exception cref="WorldException">A clip can't be written.</exception>
    /// <exception cref="MediaException">A clip can't be encoded.</exception>
    public async Task<int> RenderAsync(long first, int count, ClipWriter writer, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, long.MaxValue - count);
        var gate = new Lock();
        var (done, written, listedUpTo) = (0, 0, 0);
        var waiting = new Dictionary<int, string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, count, options, async (number, token) =>
        {
            var seed = first + number;
            var isListed = listed.Contains(seed);
            var isNew = !isListed && !IsThere(seed);
            var plan = isListed ? null : ClipPlanner.Plan(seed, level);
            if (isNew)
            {
                await WriteAsync(plan!, writer, token).ConfigureAwait(false);
            }

            lock (gate)
            {
                waiting[number] = plan is null ? "" : ClipLine.Of(plan, NameOf(seed)) + "\n";
                written += isNew ? 1 : 0;
                while (waiting.Remove(listedUpTo, out var line))
                {
                    lines.Write(Encoding.UTF8.GetBytes(line));
                    listedUpTo++;
                }

                lines.Flush();
                progress?.Report(++done);
            }
        }).ConfigureAwait(false);
        return written;
    }

    /// <inheritdoc/>
    public void Dispose() => lines.Dispose();

    private Task WriteAsync(ClipPlan plan, ClipWriter writer, CancellationToken cancellationToken)
    {
        var place = Path.Combine(path, NameOf(plan.Seed));
        return format == ClipFormat.Mp4 ? writer.WriteVideoAsync(plan, place, cancellationToken) : writer.WriteFramesAsync(plan, place, cancellationToken);
    }

    private bool IsThere(long seed) => Path.Exists(Path.Combine(path, NameOf(seed)));

    private string NameOf(long seed) => string.Create(CultureInfo.InvariantCulture, $"toybox-{seed:00000000}{(format == ClipFormat.Mp4 ? ".mp4" : "")}");

    private static string Name(ClipFormat format) => format == ClipFormat.Mp4 ? "mp4" : "frames";

    private static void Check(string path, string file, JsonObject wanted)
    {
        if (PlainFile.ReadAtMost(file, MostAboutBytes) is not { } bytes || Parse(bytes) is not { } found)
        {
            throw new WorldException(path, $"its {AboutName} is damaged; name another directory, or remove this one.");
        }

        foreach (var (name, value) in wanted)
        {
            if (!JsonNode.DeepEquals(found[name], value))
            {
                throw new WorldException(path, name == "world"
                    ? $"its clips are of version {found[name]?.ToJsonString() ?? "?"} of the world, this program makes version {WorldVersion.Current}; name another directory."
                    : $"its clips have {name} {found[name]?.ToJsonString() ?? "?"}, not {value!.ToJsonString()}; name another directory, or ask for the same.");
            }
        }
    }

    private static JsonObject? Parse(byte[] json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps the lines that are whole and whose clips are there: a killed program may have left half of one.</summary>
    private static WorldDirectory Resume(string path, int level, ClipFormat format)
    {
        var file = Path.Combine(path, LinesName);
        var world = new WorldDirectory(path, level, format, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read), []);
        try
        {
            // What a killed program had begun; nobody else is at work here.
            foreach (var begun in Directory.EnumerateFileSystemEntries(path, ".*.part"))
            {
                Remove(begun);
            }

            using var reader = new StreamReader(world.lines, Encoding.UTF8, leaveOpen: true);
            var kept = new StringBuilder();
            var isBroken = false;
            var length = 0L;
            while (reader.ReadLine() is { } line)
            {
                length += Encoding.UTF8.GetByteCount(line) + 1;
                if (ClipLine.SeedOf(line) is { } seed && world.IsThere(seed) && world.listed.Add(seed))
                {
                    kept.Append(line).Append('\n');
                }
                else
                {
                    isBroken = true;
                }
            }

            if (isBroken || length != world.lines.Length)
            {
                world.lines.Dispose();
                Replace(file, kept.ToString());
                return new WorldDirectory(path, level, format, new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read), world.listed);
            }

            world.lines.Seek(0, SeekOrigin.End);
            return world;
        }
        catch
        {
            world.Dispose();
            throw;
        }
    }

    private static void Remove(string begun)
    {
        if (Directory.Exists(begun))
        {
            Directory.Delete(begun, recursive: true);
        }
        else
        {
            File.Delete(begun);
        }
    }

    private static void Replace(string file, string text)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(file)!, $".{Guid.NewGuid():N}.part");
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, file, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
