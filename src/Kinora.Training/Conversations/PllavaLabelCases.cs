using System.Text.Json;
using Kinora.Media;
using Kinora.Models;
using Kinora.Models.Tokenization;
using Kinora.Training.Data;

namespace Kinora.Training.Conversations;

/// <summary>Runs golden cases of PLLaVA's packing and masking, a <c>labels.json</c> with its tokenizer beside it.</summary>
public static class PllavaLabelCases
{
    private const int MostBytes = 64 << 20;

    /// <summary>Runs every case of a file.</summary>
    /// <param name="path">The <c>labels.json</c>; the tokenizer's folder that it names starts at the folder above the file's own.</param>
    /// <exception cref="TrainingDataException">The file can't be read, or lacks what a case has.</exception>
    /// <exception cref="TokenizerException">The tokenizer can't be read.</exception>
    public static IReadOnlyList<LabelCaseResult> Run(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var json = PlainFile.ReadAtMost(path, MostBytes) ?? throw new TrainingDataException(path, $"is larger than {MostBytes} bytes; fetch it again");
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var folder = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? "";
            var tokenizer = Tokenizer.Load(Path.Combine(folder, root.GetProperty("tokenizer").GetString()!));
            var ignored = root.TryGetProperty("ignore_index", out var index) ? index.GetInt32() : EncodedSample.Ignored;
            return [.. root.GetProperty("cases").EnumerateArray().Select(entry => Run(tokenizer, entry, ignored))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException or ArgumentException)
        {
            throw new TrainingDataException(path, "is no file of label cases; expected tokenizer and cases with name, roles, end_signal, system, media_alone, max_length, turns, conversation, segments, input_ids and labels, fetch it again", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrainingDataException(path, $"can't be read ({error.Message})", error);
        }
    }

    private static LabelCaseResult Run(Tokenizer tokenizer, JsonElement entry, int ignored)
    {
        var (roles, ends) = (entry.GetProperty("roles"), entry.GetProperty("end_signal"));
        var template = new PllavaTemplate(Text(roles[0]), Text(roles[1]), Text(ends[0]), Text(ends[1]), Text(entry.GetProperty("system")), entry.GetProperty("media_alone").GetBoolean());
        var turns = entry.GetProperty("turns").EnumerateArray().ToArray();
        var instruction = turns[0].TryGetProperty("i", out var first) ? first.GetString() : null;

        var conversation = PllavaPacking.Conversation(template, instruction, [.. turns.Select(turn => new TrainingTurn(Text(turn.GetProperty("q")), Text(turn.GetProperty("a"))))]);
        var segments = PllavaPacking.Segments(template, conversation);
        var encoded = PllavaPacking.Encode(tokenizer, segments, entry.GetProperty("max_length").GetInt32());

        string[] texts = [.. entry.GetProperty("segments").EnumerateArray().Select(Text)];
        var (ids, labels) = (Numbers(entry, "input_ids"), Numbers(entry, "labels"));
        var difference =
            Difference("conversation", [Text(entry.GetProperty("conversation"))], [conversation])
            ?? Difference("segments", texts, [.. segments.Select(segment => segment.Text)])
            ?? Difference("real_tokens", [entry.GetProperty("real_tokens").GetInt32()], [encoded.Ids.Length])
            ?? Difference("input_ids", ids, encoded.Ids)
            ?? Difference("labels", labels, [.. encoded.Labels.Select(label => label == EncodedSample.Ignored ? ignored : label)]);
        return new LabelCaseResult(Text(entry.GetProperty("name")), difference, 2 + texts.Length + ids.Length + labels.Length);
    }

    private static string? Difference<T>(string what, T[] expected, T[] found)
    {
        for (var i = 0; i < Math.Max(expected.Length, found.Length); i++)
        {
            if (i >= expected.Length || i >= found.Length || !EqualityComparer<T>.Default.Equals(expected[i], found[i]))
            {
                return $"{what}[{i}] is {Shown(found, i)}, expected {Shown(expected, i)}";
            }
        }

        return null;
    }

    private static string Shown<T>(T[] values, int index) => index >= values.Length ? "nothing" : Quotation.Of(values[index]!.ToString());

    private static string Text(JsonElement value) => value.GetString() ?? throw new FormatException();

    private static int[] Numbers(JsonElement entry, string key) => [.. entry.GetProperty(key).EnumerateArray().Select(value => value.GetInt32())];
}
