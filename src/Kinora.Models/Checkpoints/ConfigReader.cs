using System.Globalization;
using System.Text.Json;

namespace Kinora.Models.Checkpoints;

/// <summary>Typed reading of a checkpoint's settings. Keys are paths: <c>text_config.hidden_size</c>.</summary>
/// <remarks>A key that is absent and one that is null mean the same, as the original library writes null for "not set".</remarks>
public sealed class ConfigReader
{
    private const int MostBytes = 16 << 20;

    private readonly string prefix;

    /// <summary>Reads settings that were parsed already.</summary>
    /// <param name="path">The file that errors name.</param>
    /// <param name="root">The object that keys start from.</param>
    public ConfigReader(string path, JsonElement root)
        : this(path, root, "")
    {
    }

    private ConfigReader(string path, JsonElement root, string prefix) => (Path, Root, this.prefix) = (path, root, prefix);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The object that keys start from.</summary>
    public JsonElement Root { get; }

    /// <summary>Parses a JSON file whose root is an object.</summary>
    /// <exception cref="CheckpointException">The file can't be read, is larger than 16 MiB, or no such JSON.</exception>
    public static ConfigReader Load(string path) => new(path, JsonFile.ReadObject(path, MostBytes, static (file, message, inner) => new CheckpointException(file, message, inner)));

    /// <summary>Whether the key is present and not null.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>The object under a key, to be read with keys of its own; an empty one if absent.</summary>
    /// <exception cref="CheckpointException">Something else than an object stands there.</exception>
    public ConfigReader Section(string key) => new(Path, Find(key) switch
    {
        null => JsonElement.Parse("{}"u8),
        { ValueKind: JsonValueKind.Object } value => value,
        { } value => throw Wrong(key, value, "an object"),
    }, $"{prefix}{key}.");

    /// <summary>A whole number.</summary>
    /// <param name="key">Where it stands.</param>
    /// <param name="fallback">Its value if absent; null: the key is required.</param>
    /// <param name="least">The smallest number allowed.</param>
    /// <param name="most">The largest number allowed.</param>
    /// <exception cref="CheckpointException">Absent and required, no whole number, or out of range.</exception>
    public int Int(string key, int? fallback = null, int least = int.MinValue, int most = int.MaxValue)
        => Find(key) is { } value ? Int(key, value, least, most) : fallback ?? throw Missing(key, "a whole number");

    /// <summary>A finite number.</summary>
    /// <inheritdoc cref="Int(string, int?, int, int)"/>
    public double Double(string key, double? fallback = null, double least = double.MinValue, double most = double.MaxValue)
        => Find(key) switch
        {
            null => fallback ?? throw Missing(key, "a number"),
            { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out var number) && number >= least && number <= most => number,
            { } value => throw Wrong(key, value, least == double.MinValue && most == double.MaxValue ? "a number" : string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}")),
        };

    /// <summary>true or false.</summary>
    /// <exception cref="CheckpointException">Absent and required, or something else.</exception>
    public bool Bool(string key, bool? fallback = null) => Find(key) switch
    {
        null => fallback ?? throw Missing(key, "true or false"),
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Wrong(key, value, "true or false"),
    };

    /// <summary>A text.</summary>
    /// <exception cref="CheckpointException">Absent and required, or something else.</exception>
    public string String(string key, string? fallback = null) => Find(key) switch
    {
        null => fallback ?? throw Missing(key, "a text"),
        { ValueKind: JsonValueKind.String } value => Text(key, value),
        { } value => throw Wrong(key, value, "a text"),
    };

    /// <summary>One whole number or a list of them, as end tokens are given; empty if absent.</summary>
    /// <exception cref="CheckpointException">Something else, or a number out of range.</exception>
    public IReadOnlyList<int> Ints(string key, int least = int.MinValue, int most = int.MaxValue) => Find(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(value => Int(key, value, least, most))],
        { } value => [Int(key, value, least, most)],
    };

    /// <summary>A list of pairs of whole numbers, as sizes are given; empty if absent.</summary>
    /// <exception cref="CheckpointException">Something else, or a number out of range.</exception>
    public IReadOnlyList<(int First, int Second)> Pairs(string key, int least = int.MinValue, int most = int.MaxValue) => Find(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(pair => pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2
            ? (Int(key, pair[0], least, most), Int(key, pair[1], least, most))
            : throw Wrong(key, pair, "two whole numbers"))],
        { } value => throw Wrong(key, value, "a list of pairs of whole numbers"),
    };

    /// <summary>A list of texts; empty if absent.</summary>
    /// <exception cref="CheckpointException">Something else.</exception>
    public IReadOnlyList<string> Strings(string key) => Find(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.String ? Text(key, value) : throw Wrong(key, value, "a text"))],
        { } value => throw Wrong(key, value, "a list of texts"),
    };

    /// <summary>An error about a value here that is of the right type but can't be used, naming file, key, value and what was expected.</summary>
    public CheckpointException Unusable(string key, string expected) => Find(key) is { } value ? Wrong(key, value, expected) : Missing(key, expected);

    private int Int(string key, JsonElement value, int least, int most)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(key, value, (least, most) switch
            {
                (int.MinValue, int.MaxValue) => "a whole number",
                (_, int.MaxValue) => $"a whole number of at least {least}",
                _ => $"a whole number from {least} to {most}",
            });

    private string Text(string key, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or bytes that are no UTF-8.
            throw Wrong(key, value, "a text of whole characters");
        }
    }

    private JsonElement? Find(string key)
    {
        var value = Root;
        foreach (var part in key.Split('.'))
        {
            if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            {
                return null;
            }

            if (value.ValueKind != JsonValueKind.Object)
            {
                throw Wrong(key, value, $"an object with the key {Quotation.Of(part)}");
            }

            value = value.TryGetProperty(part, out var inner) ? inner : default;
        }

        return value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : value;
    }

    private CheckpointException Missing(string key, string expected) => new(Path, $"the key {prefix}{key} is missing; expected {expected}");

    private CheckpointException Wrong(string key, JsonElement value, string expected)
    {
        var raw = value.GetRawText();
        const int LongestNumber = 40;
        var shown = value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.String || raw.Length > LongestNumber ? Quotation.Of(raw) : raw;
        return new(Path, $"{prefix}{key} is {shown}; expected {expected}");
    }
}
