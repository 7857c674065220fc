using System.Text.Json;

namespace Kinora.Training.Creation;

/// <summary>How settings are written.</summary>
internal static class JsonFormat
{
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true };
}
