using System.Text.Json;

namespace Kinora.Training.Verification;

/// <summary>The deviations of the reference's own float32 run, which manifests give beside the tolerances.</summary>
internal static class GoldenNoise
{
    /// <summary>A number in nested objects, or null if the manifest doesn't have it.</summary>
    public static double? Of(JsonElement json, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(key, out json))
            {
                return null;
            }
        }

        return json.ValueKind == JsonValueKind.Number ? json.GetDouble() : null;
    }
}
