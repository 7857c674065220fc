using System.Text.Json;

namespace Kinora.Media;

/// <summary>A <c>preprocessor_config.json</c>: typed reading in which every complaint names the file, the key and the value.</summary>
internal sealed class ProcessorJson
{
    private const int MaxFileBytes = 1 << 20;

    // Beyond these the pixels are no numbers that a model could use.
    private const double Largest = 1e6;
    private const double SmallestDeviation = 1e-6;

    private readonly string path;
    private readonly JsonElement root;

    private ProcessorJson(string path, JsonElement root) => (this.path, this.root) = (path, root);

    /// <summary>Reads settings out of a file.</summary>
    /// <exception cref="MediaException">The file can't be read, is no such JSON, or holds something else than the reader expects.</exception>
    public static T Read<T>(string path, Func<ProcessorJson, T> read)
    {
        try
        {
            var json = PlainFile.ReadAtMost(path, MaxFileBytes)
                ?? throw new MediaException(path, "this processor configuration is larger than 1 MiB; name a preprocessor_config.json.");
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(new ProcessorJson(path, document.RootElement))
                : throw new MediaException(path, "a processor configuration is a JSON object.");
        }
        catch (JsonException error)
        {
            throw new MediaException(path, $"this is no valid JSON ({(error.LineNumber is { } line ? $"line {line + 1}" : "a key stands there twice")}); fetch the file again.", error);
        }
        catch (InvalidOperationException error)
        {
            // So broken characters in a text are reported when it is read.
            throw new MediaException(path, "this holds broken characters; fetch the file again.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(path, $"this processor configuration can't be read ({error.Message}); check that it is a plain file that may be read.", error);
        }
    }

    /// <summary>The value of a key, null if it is absent or null, which means the same in the originals.</summary>
    public JsonElement? Find(string key) => root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public bool Flag(string key, bool absent) => Find(key) switch
    {
        null => absent,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Wrong(key, other, "true or false"),
    };

    public ResampleFilter Filter(ResampleFilter absent)
    {
        if (Find("resample") is not { } value)
        {
            return absent;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && Enum.IsDefined((ResampleFilter)number)
            ? (ResampleFilter)number
            : throw Wrong("resample", value, "0 nearest, 1 lanczos, 2 bilinear, 3 bicubic or 4 box");
    }

    public int Whole(string key, JsonElement value, int most)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number > 0 && number <= most
            ? number
            : throw Wrong(key, value, $"a whole number from 1 to {most}");

    public double Number(string key, double absent) => Find(key) is { } value ? Number(key, value) : absent;

    public IReadOnlyList<double> Numbers(string key, IReadOnlyList<double> absent)
    {
        if (Find(key) is not { } value)
        {
            return absent;
        }

        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 3
            ? [.. value.EnumerateArray().Select(item => Number(key, item))]
            : throw Wrong(key, value, "three numbers");
    }

    public IReadOnlyList<double> Deviations(IReadOnlyList<double> absent)
    {
        var deviations = Numbers("image_std", absent);
        return deviations.Any(deviation => Math.Abs(deviation) < SmallestDeviation) ? throw Wrong("image_std", Find("image_std")!.Value, $"numbers from {SmallestDeviation} on") : deviations;
    }

    public MediaException Wrong(string key, JsonElement value, string expected)
    {
        var text = MediaException.Printable(value.GetRawText());
        return new MediaException(path, $"\"{key}\" is {(text.Length > 60 ? text[..60] + "..." : text)}, expected {expected}.");
    }

    private double Number(string key, JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && Math.Abs(number) <= Largest
            ? number
            : throw Wrong(key, value, $"a number of at most {Largest}");
}
