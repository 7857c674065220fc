using System.Text.Json;

namespace Kinora.Media;

/// <summary>Reads <c>preprocessor_config.json</c>; every complaint names the file, the key and the value.</summary>
internal static class ClipImageSettingsReader
{
    private const int MaxFileBytes = 1 << 20;

    // Published processors stay below 1600; a picture resized to this side takes 48 MiB.
    private const int MaxSide = 4096;

    // Beyond these the pixels are no numbers that a model could use.
    private const double Largest = 1e6;
    private const double SmallestDeviation = 1e-6;

    public static ClipImageSettings Read(string path)
    {
        try
        {
            var json = PlainFile.ReadAtMost(path, MaxFileBytes)
                ?? throw new MediaException(path, "this processor configuration is larger than 1 MiB; name a preprocessor_config.json.");
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Read(path, document.RootElement)
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

    private static ClipImageSettings Read(string path, JsonElement root)
    {
        var settings = new ClipImageSettings();
        settings = settings with
        {
            Resize = Flag(path, root, "do_resize", settings.Resize),
            Filter = Filter(path, root, settings.Filter),
            CentreCrop = Flag(path, root, "do_center_crop", settings.CentreCrop),
            Rescale = Flag(path, root, "do_rescale", settings.Rescale),
            RescaleFactor = Find(root, "rescale_factor") is { } factor ? Number(path, "rescale_factor", factor) : settings.RescaleFactor,
            Normalise = Flag(path, root, "do_normalize", settings.Normalise),
            Mean = Numbers(path, root, "image_mean", settings.Mean),
            StandardDeviation = Numbers(path, root, "image_std", settings.StandardDeviation),
            ConvertToRgb = Flag(path, root, "do_convert_rgb", settings.ConvertToRgb),
        };
        if (settings.StandardDeviation.Any(deviation => Math.Abs(deviation) < SmallestDeviation))
        {
            throw Wrong(path, "image_std", Find(root, "image_std")!.Value, $"numbers from {SmallestDeviation} on");
        }

        if (Find(root, "size") is { } size)
        {
            settings = size.ValueKind == JsonValueKind.Object && !size.TryGetProperty("shortest_edge", out _)
                ? settings with { ShortestEdge = null, Size = Rectangle(path, "size", size) }
                : settings with { ShortestEdge = Side(path, "size", size.ValueKind == JsonValueKind.Object ? size.GetProperty("shortest_edge") : size) };
        }

        if (Find(root, "crop_size") is { } crop)
        {
            settings = settings with
            {
                CropSize = crop.ValueKind == JsonValueKind.Object
                    ? Rectangle(path, "crop_size", crop)
                    : (Side(path, "crop_size", crop), Side(path, "crop_size", crop)),
            };
        }

        return settings;
    }

    // A key that is null counts as absent, as in the originals.
    private static JsonElement? Find(JsonElement root, string key)
        => root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static bool Flag(string path, JsonElement root, string key, bool absent) => Find(root, key) switch
    {
        null => absent,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Wrong(path, key, other, "true or false"),
    };

    private static ResampleFilter Filter(string path, JsonElement root, ResampleFilter absent)
    {
        if (Find(root, "resample") is not { } value)
        {
            return absent;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && Enum.IsDefined((ResampleFilter)number)
            ? (ResampleFilter)number
            : throw Wrong(path, "resample", value, "0 nearest, 1 lanczos, 2 bilinear, 3 bicubic or 4 box");
    }

    private static (int Height, int Width) Rectangle(string path, string key, JsonElement value)
        => value.TryGetProperty("height", out var height) && value.TryGetProperty("width", out var width)
            ? (Side(path, key, height), Side(path, key, width))
            : throw Wrong(path, key, value, key == "size" ? "a number, {\"shortest_edge\"} or {\"height\", \"width\"}" : "a number or {\"height\", \"width\"}");

    private static int Side(string path, string key, JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var side) && side is > 0 and <= MaxSide
            ? side
            : throw Wrong(path, key, value, $"a whole number from 1 to {MaxSide}");

    private static double Number(string path, string key, JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && Math.Abs(number) <= Largest
            ? number
            : throw Wrong(path, key, value, $"a number of at most {Largest}");

    private static IReadOnlyList<double> Numbers(string path, JsonElement root, string key, IReadOnlyList<double> absent)
    {
        if (Find(root, key) is not { } value)
        {
            return absent;
        }

        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 3
            ? [.. value.EnumerateArray().Select(item => Number(path, key, item))]
            : throw Wrong(path, key, value, "three numbers");
    }

    private static MediaException Wrong(string path, string key, JsonElement value, string expected)
    {
        var text = MediaException.Printable(value.GetRawText());
        return new MediaException(path, $"\"{key}\" is {(text.Length > 60 ? text[..60] + "..." : text)}, expected {expected}.");
    }
}
