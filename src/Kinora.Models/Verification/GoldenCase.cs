using System.Text.Json;

namespace Kinora.Models.Verification;

/// <summary>One case of <c>golden.json</c>, with paths relative to its directory.</summary>
internal sealed class GoldenCase
{
    private const int MostFrames = 1024;

    public GoldenCase(string directory, JsonElement json)
    {
        (Directory, Json) = (directory, json);
        Name = GoldenFiles.Text(json, "name") ?? throw new VerificationException($"{Path.Combine(directory, "golden.json")}: a case has no name.");
    }

    public string Directory { get; }

    public JsonElement Json { get; }

    public string Name { get; }

    public string? Prompt => GoldenFiles.Text(Json, "prompt");

    public string? Answer => GoldenFiles.Text(Json, "text");

    public double Tolerance => Json.TryGetProperty("tolerance", out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 2e-4;

    public bool StoredPixels => GoldenFiles.Text(Json, "pixel_values_from") == "expected";

    public IReadOnlyList<string> Frames => FramesOf(Json);

    public string Expected => GoldenFiles.Inside(Directory, GoldenFiles.Text(Json, "expected") ?? throw new VerificationException($"Case '{Name}' names no file of expected tensors ('expected')."));

    public string Mode => Json.TryGetProperty("generate", out var generate) ? GoldenFiles.Text(generate, "mode") ?? "none" : "none";

    public JsonElement Generate => Json.TryGetProperty("generate", out var generate) ? generate : default;

    public int MaxNewTokens => Number("max_new_tokens", 512);

    public IReadOnlyList<string> FramesOf(JsonElement json)
    {
        if (!json.TryGetProperty("frames", out var frames) || frames.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        var count = frames.GetArrayLength();
        if (count > MostFrames)
        {
            throw new VerificationException($"Case '{Name}' has {count} frames; at most {MostFrames} are read.");
        }

        return [.. frames.EnumerateArray().Select(frame => GoldenFiles.Inside(Directory, frame.GetString() ?? throw new VerificationException($"Case '{Name}' has a frame that is no file name.")))];
    }

    public int Number(string key, int fallback)
        => Generate.ValueKind == JsonValueKind.Object && Generate.TryGetProperty(key, out var value) && value.TryGetInt32(out var number) ? number : fallback;

    public double Real(string key, double fallback)
        => Generate.ValueKind == JsonValueKind.Object && Generate.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : fallback;

    public bool Flag(string key)
        => Generate.ValueKind == JsonValueKind.Object && Generate.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.True;
}
