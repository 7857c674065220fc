using System.Text.Json;
using System.Text.Json.Nodes;
using Kinora.Media;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Clips;

/// <summary>The file <c>world.json</c> of a directory: which world its clips are of.</summary>
internal static class WorldFile
{
    private const string Name = "world.json";
    private const string VersionKey = "world";
    private const int MostBytes = 1 << 16;

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
        else if (Directory.EnumerateFileSystemEntries(directory).Any(entry => !entry.EndsWith(".part", StringComparison.Ordinal)))
        {
            throw new WorldException(directory, $"this directory holds something else (it has no {Name}); name a new or an empty one.");
        }
        else
        {
            Write(file, wanted.ToJsonString() + "\n");
        }
    }

    /// <summary>Writes a text in whole or not at all.</summary>
    public static void Write(string file, string text)
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

    private static void Check(string directory, string file, JsonObject wanted)
    {
        if (PlainFile.ReadAtMost(file, MostBytes) is not { } bytes || Parse(bytes) is not { } found)
        {
            throw new WorldException(directory, $"its {Name} is damaged; name another directory, or remove this one.");
        }

        foreach (var (name, value) in wanted)
        {
            if (!JsonNode.DeepEquals(found[name], value))
            {
                var there = found[name]?.ToJsonString() ?? "none";
                throw new WorldException(directory, name == VersionKey
                    ? $"its clips are of version {there} of the world, this program makes version {WorldVersion.Current}; name another directory."
                    : $"its clips have {name} {there}, not {value!.ToJsonString()}; name another directory, or ask for the same.");
            }
        }
    }

    private static JsonObject? Parse(byte[] json)
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
