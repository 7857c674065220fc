using System.Text.Json;
using Kinora.Models;

namespace Kinora.Training.Data.Formats;

/// <summary>Typed reading of a record, or of a part of it. A key that is absent and one that is null mean the same.</summary>
/// <param name="source">The record, for messages.</param>
/// <param name="value">The part.</param>
/// <param name="mediaFolder">Where relative paths of pictures and videos start.</param>
/// <param name="name">The part's place in the record, empty for the record itself.</param>
internal sealed class RecordReader(SampleSource source, JsonElement value, string mediaFolder, string name = "")
{
    /// <summary>The record.</summary>
    public SampleSource Source => source;

    /// <summary>Whether this part is a text.</summary>
    public bool IsText => value.ValueKind == JsonValueKind.String;

    /// <summary>Whether this part is this number.</summary>
    public bool IsNumber(int number) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var found) && found == number;

    /// <summary>Whether the key is present and not null.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Whether an object stands under the key.</summary>
    public bool HasObject(string key) => Find(key) is { ValueKind: JsonValueKind.Object };

    /// <summary>The whole number under a key, or null if there is something else or nothing.</summary>
    public long? OptionalWhole(string key) => Find(key) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var whole) ? whole : null;

    /// <summary>This part as a text.</summary>
    /// <exception cref="TrainingDataException">Something else.</exception>
    public string Text()
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong("a text");
        }
        catch (InvalidOperationException)
        {
            throw Wrong("a text of whole characters"); // half a surrogate pair, or bytes that are no UTF-8
        }
    }

    /// <summary>A text.</summary>
    /// <exception cref="TrainingDataException">Absent, or something else.</exception>
    public string Text(string key) => At(key, "a text").Text();

    /// <summary>A text, or null if absent.</summary>
    /// <exception cref="TrainingDataException">Something else.</exception>
    public string? OptionalText(string key) => Has(key) ? Text(key) : null;

    /// <summary>A text that says something.</summary>
    /// <exception cref="TrainingDataException">Absent, blank, or something else.</exception>
    public string Answer(string key) => At(key, "a text").Answer();

    /// <summary>This part as a text that says something.</summary>
    /// <exception cref="TrainingDataException">Blank, or something else.</exception>
    public string Answer() => Text() is var text && !string.IsNullOrWhiteSpace(text) ? text : throw Wrong("a text that is not empty, since it is what is learned");

    /// <summary>Seconds, or null if absent.</summary>
    /// <exception cref="TrainingDataException">Negative, infinite, or no number.</exception>
    public double? Seconds(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out var seconds) && seconds >= 0 && double.IsFinite(seconds) => seconds,
        { } => throw At(key, "").Wrong("a number of seconds, at least 0"),
    };

    /// <summary>The part under a key.</summary>
    /// <exception cref="TrainingDataException">Absent.</exception>
    public RecordReader At(string key, string expected)
        => Find(key) is { } part ? new RecordReader(source, part, mediaFolder, name.Length == 0 ? key : $"{name}.{key}") : throw Fail($"the key {Name(key)} is missing; expected {expected}");

    /// <summary>The entries of a list, at least one.</summary>
    /// <exception cref="TrainingDataException">Absent, empty, or no list.</exception>
    public IReadOnlyList<RecordReader> List(string key, string expected) => At(key, expected).List(expected);

    /// <summary>The entries of this part, at least one.</summary>
    /// <exception cref="TrainingDataException">Empty, or no list.</exception>
    public IReadOnlyList<RecordReader> List(string expected)
        => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
            ? [.. value.EnumerateArray().Select((part, index) => new RecordReader(source, part, mediaFolder, $"{name}[{index}]"))]
            : throw Wrong(expected);

    /// <summary>The entries of this part if it is a list, else this part alone.</summary>
    /// <exception cref="TrainingDataException">An empty list.</exception>
    public IReadOnlyList<RecordReader> OneOrMore(string expected) => value.ValueKind == JsonValueKind.Array ? List(expected) : [this];

    /// <summary>This part as the path of a picture or a video.</summary>
    /// <exception cref="TrainingDataException">Empty, or no text.</exception>
    public string MediaPath()
        => Text() is { Length: > 0 } path && !path.Contains('\0', StringComparison.Ordinal) && path is not ("None" or "<placeholder>")
            ? Path.Combine(mediaFolder, path)
            : throw Wrong("the path of a file");

    /// <summary>The exception for this part.</summary>
    public TrainingDataException Wrong(string expected)
    {
        const int Longest = 60;
        var raw = value.GetRawText();
        return Fail($"{(name.Length == 0 ? "it" : name)} is {Quotation.Of(raw.Length > Longest ? raw[..Longest] + "..." : raw)}; expected {expected}");
    }

    /// <summary>The exception for the whole record.</summary>
    public TrainingDataException Fail(string problem) => new(source, problem);

    private string Name(string key) => name.Length == 0 ? key : $"{name}.{key}";

    private JsonElement? Find(string key)
        => value.ValueKind != JsonValueKind.Object ? throw Wrong("an object")
            : value.TryGetProperty(key, out var part) && part.ValueKind != JsonValueKind.Null ? part
            : null;
}
