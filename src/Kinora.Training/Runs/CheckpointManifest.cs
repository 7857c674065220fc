using System.Security.Cryptography;
using System.Text.Json;
using Kinora.Models;

namespace Kinora.Training.Runs;

/// <summary>The list of a checkpoint's files with sizes and SHA-256, by which damage is seen.</summary>
internal static class CheckpointManifest
{
    public const string FileName = "manifest.json";
    private const int MostBytes = 16 << 20;

    /// <summary>The manifest of a directory as it is.</summary>
    public static byte[] Of(string directory, long step)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("step", step);
            json.WriteStartArray("files");
            foreach (var path in Files(directory))
            {
                json.WriteStartObject();
                json.WriteString("name", path);
                json.WriteNumber("size", new FileInfo(Path.Combine(directory, path)).Length);
                json.WriteString("sha256", Hash(Path.Combine(directory, path)));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>What is wrong with a checkpoint, or null.</summary>
    public static string? Problem(string directory, long step)
    {
        try
        {
            var root = JsonFile.ReadObject(Path.Combine(directory, FileName), MostBytes, static (_, message, inner) => new RunException(FileName, message, inner));
            if (root.GetProperty("step").GetInt64() != step)
            {
                return $"its manifest is of step {root.GetProperty("step").GetInt64()}";
            }

            var listed = new HashSet<string>(StringComparer.Ordinal);
            foreach (var entry in root.GetProperty("files").EnumerateArray())
            {
                var name = entry.GetProperty("name").GetString() ?? throw new FormatException();
                if (FileProblem(directory, name, entry.GetProperty("size").GetInt64(), entry.GetProperty("sha256").GetString()) is { } problem)
                {
                    return problem;
                }

                listed.Add(name);
            }

            return Files(directory).FirstOrDefault(file => !listed.Contains(file)) is { } stranger ? $"{Quotation.Of(stranger)} isn't in its manifest" : null;
        }
        catch (RunException error)
        {
            return error.Message;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"it can't be read ({error.Message})";
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return "its manifest isn't one";
        }
    }

    private static string? FileProblem(string directory, string name, long size, string? hash)
    {
        // No file has such a name, and .NET would call it a mistake of ours.
        var path = name.Contains('\0', StringComparison.Ordinal) ? "" : Path.GetFullPath(Path.Combine(directory, name));
        if (!path.StartsWith(Path.GetFullPath(directory) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return $"its manifest names {Quotation.Of(name)}, which isn't in it";
        }

        var file = new FileInfo(path);
        return !file.Exists ? $"{Quotation.Of(name)} is missing"
            : file.Length != size ? $"{Quotation.Of(name)} has {file.Length} bytes where {size} were written"
            : Hash(path) != hash ? $"{Quotation.Of(name)} was changed (its SHA-256 isn't the one written down)"
            : null;
    }

    private static IEnumerable<string> Files(string directory)
        => Directory.EnumerateFiles(directory, "*", DurableFiles.Everything)
            .Select(path => Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(name => name != FileName)
            .Order(StringComparer.Ordinal);

    private static string Hash(string path)
    {
        using var file = Media.PlainFile.Open(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
