using System.Globalization;
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
    private readonly string path;
    private readonly int level;
    private readonly ClipFormat format;
    private readonly FileStream hold;
    private readonly ClipList list;

    private WorldDirectory(string path, int level, ClipFormat format, FileStream hold)
    {
        (this.path, this.level, this.format, this.hold) = (path, level, format, hold);
        list = ClipList.Open(path, IsThere);
        ListAll();
    }

    /// <summary>Opens a directory for clips of a level, or makes it.</summary>
    /// <exception cref="WorldException">It holds something else, clips of another version of the world, another level or another format, it can't be written to, or another program writes to it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public static WorldDirectory Open(string path, int level, ClipFormat format)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _ = Level.Of(level);
        FileStream? hold = null;
        try
        {
            Directory.CreateDirectory(path);
            WorldFile.RequireRoom(path);
            hold = new FileStream(Path.Combine(path, WorldFile.LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            WorldFile.Require(path, level, format);
            return new WorldDirectory(path, level, format, hold);
        }
        catch (Exception error)
        {
            hold?.Dispose();
            if (error is IOException or UnauthorizedAccessException)
            {
                throw new WorldException(path, "this directory can't be written to; check that it may be, has room, and that no other program is writing to it.", error);
            }

            throw;
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
        var (done, written, next) = (0, 0, 0);
        var waiting = new Dictionary<int, ClipPlan>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, count, options, async (number, token) =>
        {
            var plan = ClipPlanner.Plan(first + number, level);
            var isNew = !IsThere(plan.Seed);
            if (isNew)
            {
                await WriteAsync(plan, writer, token).ConfigureAwait(false);
            }

            lock (gate)
            {
                // Listed in order, whichever is ready first.
                waiting[number] = plan;
                while (waiting.Remove(next, out var ready))
                {
                    list.Add(ready.Seed, () => ready, NameOf(ready.Seed));
                    next++;
                }

                written += isNew ? 1 : 0;
                progress?.Report(++done);
            }
        }).ConfigureAwait(false);
        return written;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        list.Dispose();
        hold.Dispose();
    }

    /// <summary>Clips that were whole when the program that wrote them was stopped, before it came to list them.</summary>
    private void ListAll()
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(path, "toybox-*").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(entry);
            if (long.TryParse(Path.GetFileNameWithoutExtension(name)["toybox-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var seed) && NameOf(seed) == name)
            {
                list.Add(seed, () => ClipPlanner.Plan(seed, level), name);
            }
        }
    }

    private Task WriteAsync(ClipPlan plan, ClipWriter writer, CancellationToken cancellationToken)
    {
        var place = Path.Combine(path, NameOf(plan.Seed));
        return format == ClipFormat.Mp4 ? writer.WriteVideoAsync(plan, place, cancellationToken) : writer.WriteFramesAsync(plan, place, cancellationToken);
    }

    private bool IsThere(long seed) => Path.Exists(Path.Combine(path, NameOf(seed)));

    private string NameOf(long seed) => string.Create(CultureInfo.InvariantCulture, $"toybox-{seed:00000000}{(format == ClipFormat.Mp4 ? ".mp4" : "")}");
}
