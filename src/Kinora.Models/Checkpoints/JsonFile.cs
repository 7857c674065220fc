using System.Text.Json;

namespace Kinora.Models.Checkpoints;

/// <summary>Reads a small JSON file of a checkpoint with limits on its size and depth, without keys that stand there twice.</summary>
internal static class JsonFile
{
    private const int DeepestNesting = 64;

    /// <summary>Reads a file whose root is an object.</summary>
    /// <exception cref="CheckpointException">The file can't be read, is too large, or no such JSON.</exception>
    public static JsonElement ReadObject(string path, long mostBytes)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > mostBytes)
            {
                throw new CheckpointException(path, $"has {file.Length} bytes where at most {mostBytes} were expected");
            }

            var options = new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(file, options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new CheckpointException(path, $"holds a JSON {document.RootElement.ValueKind} where an object was expected");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CheckpointException(path, $"is no valid JSON ({error.Message.ReplaceLineEndings(" ")}); fetch the file again", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"can't be read ({error.Message})", error);
        }
    }
}
