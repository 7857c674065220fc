using System.Text.Json;
using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Describing;
using Kinora.Models.Generation;
using Kinora.Models.Tokenization;

namespace Kinora.Models.Verification;

/// <summary>Manifests of golden directories and the files that they name.</summary>
public static class GoldenFiles
{
    /// <summary>A text of a manifest, or null if it has none of this name.</summary>
    /// <exception cref="VerificationException">It holds half a character.</exception>
    public static string? Text(JsonElement json, string key)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(key, out var value) || value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException error)
        {
            throw new VerificationException($"'{key}' holds half a character.", error);
        }
    }

    /// <summary>A file of a golden directory. A manifest from the net must not open files elsewhere: devices and pipes would never end.</summary>
    /// <exception cref="VerificationException">A path that leads out of the directory.</exception>
    public static string Inside(string directory, string file)
    {
        // The directory may have been named with or without a separator at its end.
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        root = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
        return Path.GetFullPath(Path.Combine(directory, file)).StartsWith(root, StringComparison.Ordinal)
            ? Path.Combine(directory, file)
            : throw new VerificationException($"{Quotation.Of(file)} leads out of the golden directory; its files must lie within.");
    }

    /// <summary>
    /// Errors that hostile or damaged golden data can lead to, such as JSON of another type than expected or a case too large for the
    /// memory; anything else is a defect of ours and passes on.
    /// </summary>
    public static bool IsOfData(Exception error)
        => error is VerificationException or CheckpointException or TokenizerException or MediaException or GenerationException or DescribeException or ArgumentException or JsonException or IOException
            or UnauthorizedAccessException or KeyNotFoundException or FormatException or OverflowException or OutOfMemoryException
            or (InvalidOperationException and not ObjectDisposedException);

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="VerificationException">It isn't there or is no such JSON.</exception>
    public static JsonElement Read(string path)
    {
        const int MostBytes = 64 << 20;
        return File.Exists(path)
            ? JsonFile.ReadObject(path, MostBytes, static (file, message, inner) => new VerificationException($"{file} {message}", inner))
            : throw new VerificationException($"{path} does not exist; a golden directory holds golden.json and the files that it names.");
    }
}
