using System.Text.Json;

namespace Kinora.Media;

/// <summary>The settings of Qwen2-VL's image processor, with the defaults that hold for keys which a <c>preprocessor_config.json</c> leaves out.</summary>
public sealed record PatchImageSettings
{
    // Published limits end at 12845056. Every picture is enlarged to the smaller limit, however small it is; the larger one costs nothing by itself.
    private const int LargestLeast = 1 << 24;
    private const int LargestMost = 1 << 28;

    /// <summary><c>do_resize</c>: else sizes must be multiples of the merged patch.</summary>
    public bool Resize { get; init; } = true;

    /// <summary><c>min_pixels</c>, <c>size.min_pixels</c> or <c>size.shortest_edge</c>: the smallest area.</summary>
    public int LeastPixels { get; init; } = 56 * 56;

    /// <summary><c>max_pixels</c>, <c>size.max_pixels</c> or <c>size.longest_edge</c>: the largest area.</summary>
    public int MostPixels { get; init; } = 28 * 28 * 1280;

    /// <summary><c>patch_size</c>: the side of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 14;

    /// <summary><c>temporal_patch_size</c>: pictures that a patch goes through.</summary>
    public int TemporalPatchSize { get; init; } = 2;

    /// <summary><c>merge_size</c>: patches along each side of what becomes one token.</summary>
    public int MergeSize { get; init; } = 2;

    /// <summary><c>resample</c>.</summary>
    public ResampleFilter Filter { get; init; } = ResampleFilter.Bicubic;

    /// <summary>What becomes of each byte value.</summary>
    public PixelValues Values { get; init; } = new();

    /// <summary>Sides are multiples of this.</summary>
    public int Factor => PatchSize * MergeSize;

    /// <summary>Reads a <c>preprocessor_config.json</c>.</summary>
    /// <exception cref="MediaException">The file can't be read, or a value can't be; the message names the key.</exception>
    public static PatchImageSettings Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ProcessorJson.Read(path, Read);
    }

    private static PatchImageSettings Read(ProcessorJson json)
    {
        const int Most = 512;
        var absent = new PatchImageSettings();
        return new()
        {
            Resize = json.Flag("do_resize", absent.Resize),
            LeastPixels = Pixels(json, "min_pixels", "shortest_edge", absent.LeastPixels, LargestLeast),
            MostPixels = Pixels(json, "max_pixels", "longest_edge", absent.MostPixels, LargestMost),
            PatchSize = Whole("patch_size", absent.PatchSize),
            TemporalPatchSize = Whole("temporal_patch_size", absent.TemporalPatchSize),
            MergeSize = Whole("merge_size", absent.MergeSize),
            Filter = json.Filter(absent.Filter),
            Values = PixelValues.Read(json),
        };

        int Whole(string key, int fallback) => json.Find(key) is { } value ? json.Whole(key, value, Most) : fallback;
    }

    /// <summary>Older files have the limits at the top, later ones inside <c>size</c>, under either name; the top counts first.</summary>
    private static int Pixels(ProcessorJson json, string key, string edge, int absent, int largest)
    {
        if (json.Find(key) is { } top)
        {
            return json.Whole(key, top, largest);
        }

        if (json.Find("size") is not { } size)
        {
            return absent;
        }

        if (size.ValueKind != JsonValueKind.Object)
        {
            throw json.Wrong("size", size, "{\"min_pixels\", \"max_pixels\"} or {\"shortest_edge\", \"longest_edge\"}");
        }

        foreach (var name in new[] { key, edge })
        {
            if (size.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
            {
                return json.Whole($"size.{name}", value, largest);
            }
        }

        return absent;
    }
}
