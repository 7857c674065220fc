using System.Text.Json;

namespace Kinora.Media;

/// <summary>Reads <c>preprocessor_config.json</c> as CLIP's processor has it.</summary>
internal static class ClipImageSettingsReader
{
    // Published processors stay below 1600; a picture resized to this side takes 48 MiB.
    private const int MaxSide = 4096;

    public static ClipImageSettings Read(string path) => ProcessorJson.Read(path, Read);

    private static ClipImageSettings Read(ProcessorJson json)
    {
        var settings = new ClipImageSettings();
        settings = settings with
        {
            Resize = json.Flag("do_resize", settings.Resize),
            Filter = json.Filter(settings.Filter),
            CentreCrop = json.Flag("do_center_crop", settings.CentreCrop),
            Rescale = json.Flag("do_rescale", settings.Rescale),
            RescaleFactor = json.Number("rescale_factor", settings.RescaleFactor),
            Normalise = json.Flag("do_normalize", settings.Normalise),
            Mean = json.Numbers("image_mean", settings.Mean),
            StandardDeviation = json.Deviations(settings.StandardDeviation),
            ConvertToRgb = json.Flag("do_convert_rgb", settings.ConvertToRgb),
        };
        if (json.Find("size") is { } size)
        {
            settings = size.ValueKind == JsonValueKind.Object && !size.TryGetProperty("shortest_edge", out _)
                ? settings with { ShortestEdge = null, Size = Rectangle(json, "size", size) }
                : settings with { ShortestEdge = Side(json, "size", size.ValueKind == JsonValueKind.Object ? size.GetProperty("shortest_edge") : size) };
        }

        if (json.Find("crop_size") is { } crop)
        {
            settings = settings with
            {
                CropSize = crop.ValueKind == JsonValueKind.Object
                    ? Rectangle(json, "crop_size", crop)
                    : (Side(json, "crop_size", crop), Side(json, "crop_size", crop)),
            };
        }

        return settings;
    }

    private static (int Height, int Width) Rectangle(ProcessorJson json, string key, JsonElement value)
        => value.TryGetProperty("height", out var height) && value.TryGetProperty("width", out var width)
            ? (Side(json, key, height), Side(json, key, width))
            : throw json.Wrong(key, value, key == "size" ? "a number, {\"shortest_edge\"} or {\"height\", \"width\"}" : "a number or {\"height\", \"width\"}");

    private static int Side(ProcessorJson json, string key, JsonElement value) => json.Whole(key, value, MaxSide);
}
