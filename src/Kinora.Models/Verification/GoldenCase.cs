using System.Text.Json;

namespace Kinora.Models.Verification;

/// <summary>One case of <c>golden.json</c>, with paths relative to its directory.</summary>
internal sealed class GoldenCase
{
    public GoldenCase(string directory, JsonElement json)
    {
        (Directory, Json) = (directory, json);
        Name = Text(json, "name") ?? throw new VerificationException($"{Path.Combine(directory, "golden.json")}: a case has no name.");
    }

    public string Directory { get; }

    public JsonElement Json { get; }

    public string Name { get; }

    public string? Prompt => Text(Json, "prompt");

    public string? Answer => Text(Json, "text");

    public double Tolerance => Json.TryGetProperty("tolerance", out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 2e-4;

    public bool StoredPixels => Text(Json, "pixel_values_from") == "expected";

    public IReadOnlyList<string> Frames => FramesOf(Json);

    public string Expected => Path.Combine(Directory, Text(Json, "expected") ?? throw new VerificationException($"Case '{Name}' names no file of expected tensors ('expected')."));

    public string Mode => Json.TryGetProperty("generate", out var generate) ? Text(generate, "mode") ?? "none" : "none";

    public JsonElement Generate => Json.TryGetProperty("generate", out var generate) ? generate : default;

    public int MaxNewTokens => Number("max_new_tokens", 512);

    public static string? Text(JsonElement json, string key)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public IReadOnlyList<string> FramesOf(JsonElement json)
    {
        if (!json.TryGetProperty("frames", out var frames) || frames.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        return [.. frames.EnumerateArray().Select(frame => Path.Combine(Directory, frame.GetString() ?? throw new VerificationException($"Case '{Name}' has a frame that is no file name.")))];
    }

    public int Number(string key, int fallback)
        => Generate.ValueKind == JsonValueKind.Object && Generate.TryGetProperty(key, out var value) && value.TryGetInt32(out var number) ? number : fallback;

    public double Real(string key, double fallback)
        => Generate.ValueKind == JsonValueKind.Object && Generate.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : fallback;

    public bool Flag(string key)
        => Generate.ValueKind == JsonValueKind.Object && Generate.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.True;
}
