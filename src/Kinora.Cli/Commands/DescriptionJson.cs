using System.Text.Json.Nodes;
using Kinora.Cli.Terminal;
using Kinora.Models.Describing;
using Kinora.Tensors;

namespace Kinora.Cli.Commands;

/// <summary>A description as JSON: text, frames with times, and what made it.</summary>
internal static class DescriptionJson
{
    public static string Of(Description description, Provenance provenance, bool indented)
    {
        var media = description.Media;
        var generation = provenance.Generation;
        var json = new JsonObject
        {
            ["input"] = description.Input,
            ["text"] = description.Text.Trim(),
            ["start"] = Round(description.Frames.Min(frame => frame.Time)),
            ["end"] = description.End is { } end ? Round(end) : null,
            ["frames"] = new JsonArray([.. description.Frames.Select(frame => new JsonObject { ["index"] = frame.Index, ["time"] = Round(frame.Time) })]),
            ["media"] = new JsonObject
            {
                ["kind"] = media.Kind.ToString().ToLowerInvariant(),
                ["container"] = media.Container,
                ["codec"] = media.Codec is { Length: > 0 } codec ? codec : null,
                ["width"] = media.Width,
                ["height"] = media.Height,
                ["duration"] = media.Duration is { } duration ? Round(duration) : null,
                ["rate"] = media.AverageRate.Value > 0 ? Round(media.AverageRate.Value) : null,
            },
            ["prompt"] = description.Prompt,
            ["model"] = new JsonObject
            {
                ["path"] = provenance.Model,
                ["family"] = provenance.Family,
                ["weights"] = provenance.Weights,
                ["lora"] = provenance.Lora is { } lora ? new JsonArray([.. lora.Select(adapter => (JsonNode)adapter)]) : null,
                ["loraAlpha"] = provenance.LoraAlpha,
                ["pooling"] = provenance.Settings.Pooling?.ToString(),
                ["compat"] = provenance.Settings.Compatibility.ToString().ToLowerInvariant(),
            },
            ["generation"] = new JsonObject
            {
                ["maxTokens"] = generation.MaxNewTokens,
                ["temperature"] = generation.Temperature,
                ["topK"] = generation.TopK,
                ["topP"] = generation.TopP,
                ["repetitionPenalty"] = generation.RepetitionPenalty,
                ["beams"] = generation.Beams,
                ["lengthPenalty"] = generation.LengthPenalty,
                ["seed"] = generation.Seed,
                ["cache"] = generation.Cache?.Name(),
            },
            ["tokens"] = new JsonObject { ["prompt"] = description.PromptTokens, ["written"] = description.Ids.Count },
            ["finish"] = description.Finish.ToString().ToLowerInvariant(),
            ["seconds"] = new JsonObject([.. description.Seconds.Select(pair => KeyValuePair.Create(pair.Key.ToString().ToLowerInvariant(), (JsonNode?)Round(pair.Value)))]),
        };
        return json.ToJsonString(indented ? JsonOutput.Indented : JsonOutput.Plain);
    }

    public static string Failure(string input, string message, bool indented)
        => new JsonObject { ["input"] = input, ["error"] = message }.ToJsonString(indented ? JsonOutput.Indented : JsonOutput.Plain);

    private static double Round(double seconds) => Math.Round(seconds, 6);
}
