using System.CommandLine;
using System.Globalization;
using Kinora.Media;
using Kinora.Models.Weights;

namespace Kinora.Cli.Commands;

/// <summary>Options that mean the same in every command.</summary>
internal static class CommonOptions
{
    public static Option<string?> Model() => PathTo("--model", "Directory of a checkpoint as published (config.json, *.safetensors, tokenizer files, preprocessor_config.json), or ORG/NAME of one in the local cache of the Hugging Face hub; default: the small model that ships with Kinora.", "DIR");

    public static Option<WeightFormat> Weights() => Parsed("--weights", WeightFormats.Parse, $"How to keep the weights in memory: {string.Join(", ", WeightFormats.Names)}; default: {WeightFormat.AsStored.Name()}.", "FORMAT");

    public static Option<int?> Frames() => Parsed("--frames", text => (int?)Whole(text), "How many frames to look at; default: what the model was made for.", "N");

    public static Option<FrameRule?> FramesBy() => Parsed<FrameRule?>("--frames-by", FrameRule.Parse, "Which frames: uniform, distinct, middles, segments, pllava, every:SECONDS, at:T,T,...; default: as the model's authors have it.", "RULE");

    public static Option<double?> Start() => Parsed("--start", Time, "Look only at what comes after this time: seconds, mm:ss or hh:mm:ss.", "TIME");

    public static Option<double?> End() => Parsed("--end", Time, "Look only at what comes before this time.", "TIME");

    public static Option<bool> Json() => new("--json") { Description = "Write JSON for programs." };

    public static Option<string?> Output(string description, string helpName = "FILE")
    {
        var option = PathTo("--output", description, helpName);
        option.Aliases.Add("-o");
        return option;
    }

    public static Option<string?> ContactSheet(string description) => PathTo("--contact-sheet", description, "FILE");

    /// <summary>An option that names a file or directory.</summary>
    public static Option<string?> PathTo(string name, string description, string helpName)
        => Parsed<string?>(name, text => text.Length > 0 ? text : throw new FormatException("a path can't be empty; name one."), description, helpName);

    /// <summary>The frames asked for.</summary>
    /// <param name="count">What <c>--frames</c> says, or null.</param>
    /// <param name="rule">What <c>--frames-by</c> says, or null.</param>
    /// <param name="start">Seconds.</param>
    /// <param name="end">Seconds.</param>
    /// <param name="name">How the user gave the number.</param>
    /// <exception cref="UsageException">A number of frames that can't be, or bounds that fit neither each other nor the rule.</exception>
    public static FrameRequest Request(int? count, FrameRule? rule, double? start, double? end, string name = "--frames")
    {
        if (start is { } from && end is { } to && to <= from)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--end {to} is not after --start {from}; give a later --end."));
        }

        if (end is 0)
        {
            throw new UsageException("--end 0 leaves nothing to look at; give a later --end.");
        }

        if (rule?.Kind == FrameRuleKind.At && (start ?? end) is not null)
        {
            throw new UsageException($"--frames-by {rule} names the times itself; leave out --start and --end.");
        }

        var most = MediaLimits.Default.MaxFramesKept;
        if (count is < 1 || count > most)
        {
            throw new UsageException($"{name} {count} can't be; give a number from 1 to {most}.");
        }

        var request = new FrameRequest { Start = start, End = end };
        request = rule is null ? request : request with { Rule = rule };
        return count is { } number ? request with { Count = number } : request;
    }

    /// <summary>An option whose text is parsed by a function that explains what is wrong; its value is <c>default</c> if it isn't given.</summary>
    public static Option<T> Parsed<T>(string name, Func<string, T> parse, string description, string helpName)
        => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                try
                {
                    return parse(result.Tokens.Single().Value);
                }
                catch (Exception error) when (error is ArgumentException or FormatException or MediaException)
                {
                    result.AddError($"{name}: {FirstLine(error.Message)}");
                    return default!;
                }
            },
        };

    /// <exception cref="FormatException">Not a whole number.</exception>
    public static int Whole(string text)
        => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"'{text}' is no whole number that could be meant here.");

    /// <exception cref="FormatException">Not a number.</exception>
    public static double Number(string text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"'{text}' is no number; write it as 0.7.");

    private static double? Time(string text)
    {
        var parts = text.Split(':');
        var seconds = 0.0;
        foreach (var part in parts)
        {
            seconds = double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && parts.Length <= 3
                ? (seconds * 60) + number
                : throw new FormatException($"'{text}' is no time; write seconds (12.5), mm:ss or hh:mm:ss.");
        }

        return seconds;
    }

    private static string FirstLine(string message) => message.Split('\n')[0].Replace(" (Parameter 'text')", "", StringComparison.Ordinal).Replace(" (Parameter 'name')", "", StringComparison.Ordinal);
}
