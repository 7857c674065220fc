using System.Text.Json;
using Kinora.Models;

namespace Kinora.Training.Data.Formats;

/// <summary>The formats by name and by content.</summary>
public static class DataFormats
{
    private static readonly (string Name, DataFormat Format)[] names =
        [("llava", DataFormat.Llava), ("tarsier", DataFormat.Tarsier), ("pllava", DataFormat.Pllava), ("sharegpt4video", DataFormat.ShareGpt4Video), ("jsonl", DataFormat.Jsonl)];

    /// <summary>The names that recipes use.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. names.Select(entry => entry.Name)];

    /// <summary>The format of a name.</summary>
    /// <exception cref="FormatException">There is no such format; the message lists them.</exception>
    public static DataFormat Parse(string name)
    {
        var found = Array.FindIndex(names, entry => entry.Name == name);
        return found >= 0 ? names[found].Format : throw new FormatException($"there is no data format {Quotation.Of(name)}; known are {string.Join(", ", Names)}");
    }

    /// <summary>The format that a record's keys show, or null.</summary>
    internal static DataFormat? Recognise(JsonElement record)
        => record.ValueKind != JsonValueKind.Object ? null
            : Has(record, "messages", JsonValueKind.Array) || Has(record, "text", JsonValueKind.Object) ? DataFormat.Tarsier
            : Has(record, "conversations", JsonValueKind.Array) ? DataFormat.Llava
            : Has(record, "QA", JsonValueKind.Array) ? DataFormat.Pllava
            : Has(record, "captions", JsonValueKind.Array) || record.TryGetProperty("cap", out _) ? DataFormat.ShareGpt4Video
            : Has(record, "text", JsonValueKind.String) ? DataFormat.Jsonl
            : null;

    /// <summary>Reads a record.</summary>
    /// <exception cref="TrainingDataException">It isn't of the format.</exception>
    internal static TrainingSample Read(DataFormat format, RecordReader record) => format switch
    {
        DataFormat.Llava => LlavaRecord.Read(record),
        DataFormat.Tarsier => TarsierRecord.Read(record),
        DataFormat.Pllava => PllavaRecord.Read(record),
        DataFormat.ShareGpt4Video => ShareGpt4VideoRecord.Read(record),
        _ => PlainRecord.Read(record),
    };

    private static bool Has(JsonElement record, string key, JsonValueKind kind) => record.TryGetProperty(key, out var value) && value.ValueKind == kind;
}
