using System.Text.Json;

namespace Kinora.Models.Checkpoints;

/// <summary>Turns the JSON of a safetensors header into entries, refusing whatever the format doesn't allow.</summary>
internal sealed class SafetensorsHeaderJson(string path, long dataStart)
{
    private const string MetadataKey = "__metadata__";

    // Header, entry, list: deeper nesting is no header, and must not reach the stack.
    private const int DeepestNesting = 4;

    private readonly Dictionary<string, SafetensorsEntry> entries = [];
    private readonly Dictionary<string, string> metadata = [];

    public (Dictionary<string, SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DeepestNesting });
        var seen = new HashSet<string>();
        reader.Read();
        while (NextKey(ref reader, out var key))
        {
            if (!seen.Add(key))
            {
                throw Broken($"the key {Quotation.Of(key)} stands in the header twice");
            }

            Expect(ref reader, JsonTokenType.StartObject, key);
            if (key == MetadataKey)
            {
                ReadMetadata(ref reader);
            }
            else if (entries.Count == SafetensorsHeader.MostTensors)
            {
                throw new CheckpointException(path, $"more than {SafetensorsHeader.MostTensors} tensors, the most that a file may hold; split it into shards");
            }
            else
            {
                entries.Add(key, ReadEntry(ref reader, key));
            }
        }

        // Only blanks may follow; the reader complains about anything else.
        reader.Read();
        return (entries, metadata);
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        string? dtypeName = null;
        List<long>? shape = null, places = null;
        while (NextKey(ref reader, out var key))
        {
            var twice = key switch { "dtype" => dtypeName is not null, "shape" => shape is not null, "data_offsets" => places is not null, _ => false };
            if (twice)
            {
                throw Broken($"tensor {Quotation.Of(name)} has \"{key}\" twice");
            }

            switch (key)
            {
                case "dtype":
                    Expect(ref reader, JsonTokenType.String, $"{name}.dtype");
                    dtypeName = reader.GetString()!;
                    break;
                case "shape":
                    shape = Numbers(ref reader, name, key, SafetensorsHeader.MostAxes, int.MaxValue);
                    break;
                case "data_offsets":
                    places = Numbers(ref reader, name, key, 2, long.MaxValue);
                    break;
                default:
                    throw Broken($"tensor {Quotation.Of(name)} has the unknown field {Quotation.Of(key)} (expected dtype, shape, data_offsets)");
            }
        }

        return dtypeName is null || shape is null || places is not [var begin, var end]
            ? throw Broken($"tensor {Quotation.Of(name)} lacks dtype, shape or its two data_offsets")
            : Entry(name, dtypeName, [.. shape.Select(extent => (int)extent)], begin, end);
    }

    private SafetensorsEntry Entry(string name, string dtypeName, int[] shape, long begin, long end)
    {
        if (!SafetensorsDtypes.TryParse(dtypeName, out var dtype))
        {
            throw new CheckpointException(path, $"tensor {Quotation.Of(name)} has the unknown number type {Quotation.Of(dtypeName)} (expected one of {string.Join(", ", Enum.GetNames<SafetensorsDtype>())}); convert it");
        }

        long bytes = dtype.Size();
        try
        {
            foreach (var extent in shape)
            {
                bytes = checked(bytes * extent);
            }
        }
        catch (OverflowException error)
        {
            throw SafetensorsHeader.Broken(path, $"tensor {Quotation.Of(name)} of shape {SafetensorsEntry.ShapeOf(shape)} is larger than any file", error);
        }

        if (end < begin || end - begin != bytes || begin > long.MaxValue - dataStart - bytes)
        {
            throw Broken($"tensor {Quotation.Of(name)}, {dtype} {SafetensorsEntry.ShapeOf(shape)}, takes {bytes} bytes, but its data_offsets are {begin} and {end}");
        }

        return new SafetensorsEntry(name, dtype, shape, dataStart + begin, bytes);
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        while (NextKey(ref reader, out var key))
        {
            Expect(ref reader, JsonTokenType.String, $"{MetadataKey}.{key}");
            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw Broken($"the key {Quotation.Of(key)} stands in {MetadataKey} twice");
            }
        }
    }

    private List<long> Numbers(ref Utf8JsonReader reader, string name, string field, int most, long largest)
    {
        Expect(ref reader, JsonTokenType.StartArray, $"{name}.{field}");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (numbers.Count == most || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0 || number > largest)
            {
                throw Broken($"tensor {Quotation.Of(name)}: {field} must be at most {most} whole numbers from 0 to {largest}");
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private bool NextKey(ref Utf8JsonReader reader, out string key)
    {
        reader.Read();
        key = reader.TokenType == JsonTokenType.PropertyName ? reader.GetString()! : "";
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string key)
    {
        reader.Read();
        if (reader.TokenType != type)
        {
            throw Broken($"{Quotation.Of(key)} is a {reader.TokenType} where a {type} was expected");
        }
    }

    private CheckpointException Broken(string what) => SafetensorsHeader.Broken(path, what);
}
