using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kinora.Training.Logging;

/// <summary>A log's event as one line of JSON, keys as <c>tokens_per_second</c>; NaN and infinities, which JSON has no numbers for, as texts.</summary>
internal static class LogLine
{
    private const int DeepestNesting = 4;

    private static readonly JsonSerializerOptions format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        MaxDepth = DeepestNesting,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter<LogKind>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>The line without its end.</summary>
    public static byte[] Write(LogEvent entry) => JsonSerializer.SerializeToUtf8Bytes(entry, format);

    /// <summary>The event of a line, or null if it is none: a kill or a full disk may leave half of one.</summary>
    public static LogEvent? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<LogEvent>(line, format) is { Step: >= 0 } entry ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
