using System.CommandLine;
using System.Globalization;
using Kinora.Media;
using Kinora.Models.Weights;

namespace Kinora.Cli.Commands;

/// <summary>Options that mean the same in every command.</summary>
internal static class CommonOptions
{
    public static Option<string?> Model() => new("--model") { Description = "Directory of a checkpoint as published (config.json, *.safetensors, tokenizer files, preprocessor_config.json); default: the small model that ships with Kinora.", HelpName = "DIR" };

    public static Option<WeightFormat> Weights() => Parsed("--weights", WeightFormats.Parse, $"How to keep the weights in memory: {string.Join(", ", WeightFormats.Names)}.", "FORMAT", WeightFormat.AsStored);

    public static Option<int?> Frames() => new("--frames") { Description = "How many frames to look at; default: what the model was made for.", HelpName = "N" };

    public static Option<FrameRule> FramesBy() => Parsed("--frames-by", FrameRule.Parse, "Which frames: uniform, segments, every:SECONDS, at:T,T,...", "RULE", FrameRule.Uniform);

    public static Option<double?> Start() => Time("--start", "Look only at what comes after this time: seconds, mm:ss or hh:mm:ss.");

    public static Option<double?> End() => Time("--end", "Look only at what comes before this time.");

    public static Option<bool> Json() => new("--json") { Description = "Write JSON for programs." };

    public static Option<string?> Output(string description) => new("-o", "--output") { Description = description, HelpName = "FILE" };

    /// <summary>The frames asked for.</summary>
    /// <param name="count">What <c>--frames</c> says, or null.</param>
    /// <param name="fallback">The model's own number.</param>
    /// <param name="rule">What <c>--frames-by</c> says.</param>
    /// <param name="start">Seconds.</param>
    /// <param name="end">Seconds.</param>
    /// <exception cref="UsageException">A number of frames that can't be.</exception>
    public static FrameRequest Request(int? count, int fallback, FrameRule rule, double? start, double? end)
    {
        if (start is { } from && end is { } to && to <= from)
        {
            throw new UsageException($"--end {to} is not after --start {from}; give a later --end.");
        }

        var most = MediaLimits.Default.MaxFramesKept;
        if (count is < 1 || count > most)
        {
            throw new UsageException($"--frames {count} can't be; give a number from 1 to {most}.");
        }

        var request = new FrameRequest { Rule = rule, Start = start, End = end };
        return count is null && rule.Kind is FrameRuleKind.Every or FrameRuleKind.At ? request : request with { Count = count ?? fallback };
    }

    /// <summary>An option whose text is parsed by a function that explains what is wrong.</summary>
    public static Option<T> Parsed<T>(string name, Func<string, T> parse, string description, string helpName, T fallback)
        => new(name)
        {
            Description = description,
            HelpName = helpName,
            DefaultValueFactory = _ => fallback,
            CustomParser = result =>
            {
                try
                {
                    return parse(result.Tokens.Single().Value);
                }
                catch (Exception error) when (error is ArgumentException or FormatException or MediaException)
                {
                    result.AddError($"{name}: {FirstLine(error.Message)}");
                    return fallback;
                }
            },
        };

    private static Option<double?> Time(string name, string description)
        => new(name)
        {
            Description = description,
            HelpName = "TIME",
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                var seconds = 0.0;
                foreach (var part in text.Split(':'))
                {
                    if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                    {
                        result.AddError($"{name}: '{text}' is no time; write seconds (12.5), mm:ss or hh:mm:ss.");
                        return null;
                    }

                    seconds = (seconds * 60) + number;
                }

                return seconds;
            },
        };

    private static string FirstLine(string message) => message.Split('\n')[0].Replace(" (Parameter 'text')", "", StringComparison.Ordinal).Replace(" (Parameter 'name')", "", StringComparison.Ordinal);
}
