using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kinora.Training.Data;

namespace Kinora.Training.Preferences;

/// <summary>What became of one record, as a line of the log; the line of a pair that was kept holds what stands in the output.</summary>
/// <param name="File">The number of the data file, from 0.</param>
/// <param name="Record">The record's number in it, from 0.</param>
/// <param name="Verdict">What became of it.</param>
public sealed record PairRow(int File, int Record, PairVerdict Verdict)
{
    private const int Decimals = 6;
    private static readonly JsonSerializerOptions format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Where the record stands, for people.</summary>
    public string? Source { get; init; }

    /// <summary>Why it wasn't kept.</summary>
    public string? Reason { get; init; }

    /// <summary>How the frames were spoiled; null where nothing could be described.</summary>
    public FrameCorruptionKind? Corruption { get; init; }

    /// <summary>The pair as a record that <c>train</c> reads for preference tuning; null where nothing could be described.</summary>
    public JsonObject? Output { get; init; }

    /// <summary>The row of a pair.</summary>
    /// <param name="place">The record's file and number.</param>
    /// <param name="sample">The record.</param>
    /// <param name="pair">What was made of it.</param>
    /// <param name="delta">The least gain of a pair that is kept.</param>
    /// <param name="scorer">What compared the texts.</param>
    public static PairRow Of((int File, int Record) place, TrainingSample sample, PreferencePair pair, double delta, string scorer)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(pair);
        var refusal = pair.Refusal(delta);
        return new(place.File, place.Record, refusal is null ? PairVerdict.Kept : PairVerdict.Dropped)
        {
            Source = sample.Source.ToString(),
            Reason = refusal,
            Corruption = pair.Corruption,
            Output = OutputOf(sample, pair, scorer),
        };
    }

    /// <summary>The row as one line, without its end.</summary>
    public string Line()
    {
        var json = new JsonObject { ["file"] = File, ["record"] = Record, ["verdict"] = Verdict.ToString().ToLowerInvariant(), ["source"] = Source };
        if (Reason is not null)
        {
            json["reason"] = Reason;
        }

        if (Output is not null)
        {
            json["output"] = Output.DeepClone();
        }

        return json.ToJsonString(format);
    }

    /// <summary>The line of the output, without its end.</summary>
    public string OutputLine() => Output!.ToJsonString(format);

    /// <summary>Reads a line of the log.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static PairRow Read(string line)
    {
        try
        {
            var json = JsonNode.Parse(line)!.AsObject();
            var output = json["output"]?.DeepClone().AsObject();
            var verdict = Enum.Parse<PairVerdict>((string)json["verdict"]!, ignoreCase: true);
            return new((int)json["file"]!, (int)json["record"]!, output is null && verdict != PairVerdict.Broken ? throw new FormatException("there is no pair") : verdict)
            {
                Source = (string?)json["source"],
                Reason = (string?)json["reason"],
                Corruption = output is null ? null : FrameCorruptionNames.Parse((string)output["pair"]!["corruption"]!),
                Output = output,
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException or NullReferenceException or OverflowException)
        {
            throw new FormatException("it is no row of such a log", error);
        }
    }

    private static JsonObject OutputOf(TrainingSample sample, PreferencePair pair, string scorer)
    {
        var (media, json) = (sample.Media[0], new JsonObject());
        if (media.Kind == TrainingMediaKind.Frames)
        {
            json["frames"] = new JsonArray([.. media.Paths.Select(path => (JsonNode)path)]);
        }
        else
        {
            json["video"] = media.Paths[0];
        }

        foreach (var (key, seconds) in new[] { ("start", media.Start), ("end", media.End) })
        {
            if (seconds is { } time)
            {
                json[key] = time;
            }
        }

        // Without a question both describing and training use the model's own request.
        if (sample.Turns[0].Question is { Length: > 0 } question)
        {
            json["question"] = question;
        }

        json["text"] = pair.Chosen;
        json["rejected"] = pair.Rejected;
        json["pair"] = new JsonObject
        {
            ["corruption"] = pair.Corruption.Name(),
            ["frames"] = new JsonArray([.. pair.Frames.Select(frame => (JsonNode)frame)]),
            ["seeds"] = new JsonObject { ["chosen"] = pair.ChosenSeed, ["rejected"] = pair.RejectedSeed, ["corruption"] = pair.CorruptionSeed },
            ["scorer"] = scorer,
            ["chosen"] = Score(pair.ChosenScore),
            ["rejected"] = Score(pair.RejectedScore),
        };
        return json;
    }

    private static JsonObject Score(DescriptionScore score) => new() { ["recall"] = Math.Round(score.Recall, Decimals), ["precision"] = Math.Round(score.Precision, Decimals) };
}
