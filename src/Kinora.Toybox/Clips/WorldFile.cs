using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kinora.Media;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Clips;

/// <summary>The file <c>world.json</c> of a directory: which world its clips are of.</summary>
internal static class WorldFile
{
    /// <summary>The file that the one program which writes holds open.</summary>
    public const string LockName = "lock";

    private const string Name = "world.json";
    private const string VersionKey = "world";
    private const int MostBytes = 1 << 16;
    private const int LongestShown = 40;

    /// <summary>Writes the file into an empty directory; in another, checks that it says the same.</summary>
    /// <exception cref="WorldException">The directory holds something else, or clips of another kind.</exception>
    /// <exception cref="IOException">It can't be read or written.</exception>
    public static void Require(string directory, int level, ClipFormat format)
    {
        var wanted = new JsonObject
        {
            [VersionKey] = WorldVersion.Current,
            ["level"] = level,
            ["format"] = format == ClipFormat.Mp4 ? "mp4" : "frames",
            ["framesPerSecond"] = ClipPlan.FramesPerSecond,
            ["side"] = ClipPlan.Side,
        };
        var file = Path.Combine(directory, Name);
        if (File.Exists(file))
        {
            Check(directory, file, wanted);
        }
        else
        {
            WholeFile.Write(file, wanted.ToJsonString() + "\n");
        }
    }

    /// <summary>Refuses a directory of something else, before anything is put into it.</summary>
    /// <exception cref="WorldException">It is one.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static void RequireRoom(string directory)
    {
        if (!File.Exists(Path.Combine(directory, Name)) && Directory.EnumerateFileSystemEntries(directory).Any(entry => !entry.EndsWith(".part", StringComparison.Ordinal) && Path.GetFileName(entry) != LockName))
        {
            throw new WorldException(directory, $"this directory holds something else (it has no {Name}); name a new or an empty one.");
        }
    }

    private static void Check(string directory, string file, JsonObject wanted)
    {
        if (PlainFile.ReadAtMost(file, MostBytes) is not { } bytes || Parse(Encoding.UTF8.GetString(bytes)) is not { } found)
        {
            throw new WorldException(directory, $"its {Name} is damaged; name another directory, or remove this one.");
        }

        foreach (var (name, value) in wanted)
        {
            if (!JsonNode.DeepEquals(found[name], value))
            {
                var there = found[name]?.ToJsonString() ?? "none";
                there = there.Length > LongestShown ? there[..LongestShown] + "..." : there;
                throw new WorldException(directory, name == VersionKey
                    ? $"its clips are of version {there} of the world, this program makes version {WorldVersion.Current}; name another directory."
                    : $"its clips have {name} {there}, not {value!.ToJsonString()}; name another directory, or ask for the same.");
            }
        }
    }

    private static JsonObject? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
