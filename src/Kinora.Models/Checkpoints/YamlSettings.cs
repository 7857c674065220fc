using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Kinora.Media;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Kinora.Models.Checkpoints;

/// <summary>Settings that a project keeps in YAML, read as <see cref="ConfigReader"/> reads JSON. Of a key that stands there twice the last value counts; anchors, tags and further documents are refused.</summary>
public static class YamlSettings
{
    private const int MostBytes = 1 << 16;
    private const int DeepestNesting = 8;

    /// <summary>Reads a file whose root has keys.</summary>
    /// <exception cref="CheckpointException">The file can't be read, is larger than 64 KiB, or no such YAML.</exception>
    public static ConfigReader Load(string path)
    {
        try
        {
            var bytes = PlainFile.ReadAtMost(path, MostBytes) ?? throw new CheckpointException(path, $"is larger than the {MostBytes} bytes that settings have at most; is this the right file?");
            var text = Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF') : throw new CheckpointException(path, "is no valid UTF-8; fetch the file again");
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            JsonNode? root = new JsonObject();
            if (parser.TryConsume<DocumentStart>(out _))
            {
                root = Node(parser, path, 0);
                parser.Consume<DocumentEnd>();
                parser.Consume<StreamEnd>();
            }

            return new ConfigReader(path, JsonSerializer.SerializeToElement(root as JsonObject ?? throw new CheckpointException(path, "holds no keys; settings are lines like \"n_frames: 16\"")));
        }
        catch (YamlException error)
        {
            throw new CheckpointException(path, $"is no usable YAML (line {error.Start.Line}: {Quotation.Line(error.InnerException?.Message ?? error.Message)})", error);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The package meets some broken texts with exceptions of its own making.
            throw new CheckpointException(path, $"is no usable YAML ({Quotation.Line(error.Message)})", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"can't be read ({error.Message}); check that it is a plain file that may be read", error);
        }
    }

    private static JsonNode? Node(Parser parser, string path, int depth)
    {
        if (depth > DeepestNesting || parser.Current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false } or NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } })
        {
            throw new CheckpointException(path, $"has an anchor, a tag or more than {DeepestNesting} levels at line {parser.Current!.Start.Line}; write the values out");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return scalar.Style == ScalarStyle.Plain ? Plain(scalar.Value) : JsonValue.Create(scalar.Value);
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var list = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                list.Add(Node(parser, path, depth + 1));
            }

            return list;
        }

        parser.Consume<MappingStart>();
        var map = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>().Value;
            map[key] = Node(parser, path, depth + 1);
        }

        return map;
    }

    /// <summary>What a value without quotation marks means in YAML 1.1, as far as settings have use for it.</summary>
    private static JsonValue? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => JsonValue.Create(true),
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => JsonValue.Create(false),
        _ when long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
