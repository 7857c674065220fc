using System.Text.Json;
using System.Text.Unicode;
using Kinora.Media;

namespace Kinora.Models;

/// <summary>Reads a JSON file of a model directory with limits on its size and depth, without keys that stand there twice.</summary>
public static class JsonFile
{
    private const int DeepestNesting = 64;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a file whose root is an object.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostBytes">The largest size that is read at all.</param>
    /// <param name="error">Makes the exception for a file that can't be read, is too large, or no such JSON.</param>
    public static JsonElement ReadObject(string path, int mostBytes, Func<string, string, Exception?, Exception> error)
    {
        try
        {
            ReadOnlyMemory<byte> json = PlainFile.ReadAtMost(path, mostBytes) ?? throw error(path, $"is larger than the {mostBytes} bytes that such a file has at most; fetch the file again", null);
            if (!Utf8.IsValid(json.Span))
            {
                throw error(path, "is no valid UTF-8; fetch the file again", null);
            }

            json = json.Span.StartsWith(ByteOrderMark) ? json[ByteOrderMark.Length..] : json;
            var options = new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(json, options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw error(path, $"holds a JSON {document.RootElement.ValueKind} where an object was expected", null);
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            throw error(path, $"is no valid JSON ({Where(cause)}); fetch the file again", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw error(path, $"can't be read ({cause.Message})", cause);
        }
    }

    /// <summary>Where a text stops being JSON. The reader's own message may quote the whole file, control characters included.</summary>
    public static string Where(Exception error)
        => error is JsonException { LineNumber: { } line, BytePositionInLine: { } column }
            ? $"line {line + 1}, byte {column + 1}"
            : "broken characters, or a key that stands there twice";
}
