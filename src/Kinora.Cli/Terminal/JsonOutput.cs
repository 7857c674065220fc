using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kinora.Cli.Terminal;

/// <summary>JSON as programs get it: names in camel case, letters and marks as they are, control characters always escaped.</summary>
internal static class JsonOutput
{
    public static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    public static readonly JsonSerializerOptions Indented = new(Plain) { WriteIndented = true };

    /// <summary>Writes a value to stdout in one line.</summary>
    public static void Write<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Plain));
}
