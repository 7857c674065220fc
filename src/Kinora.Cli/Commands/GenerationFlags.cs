using System.CommandLine;
using System.Globalization;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Models.Language;
using Kinora.Tensors;

namespace Kinora.Cli.Commands;

/// <summary>The options that say how a model writes.</summary>
internal sealed class GenerationFlags
{
    /// <summary>The original never sets it, but its library draws from the 50 likeliest by default.</summary>
    private const int OriginalTopK = 50;

    private static readonly GenerationOptions Defaults = new();

    private readonly Option<int?> maxTokens = MaxTokens();
    private readonly Option<double?> temperature = Real("--temperature", "0, the default, always takes the likeliest token; above 0 tokens are drawn.", "T");
    private readonly Option<int?> topK = CommonOptions.Parsed("--top-k", text => (int?)CommonOptions.Whole(text), $"Draw from the K likeliest tokens; 0: from all; default: {OriginalTopK}, as the original.", "K");
    private readonly Option<double?> topP = Real("--top-p", "Draw from the likeliest tokens that make up this probability; 1, the default: from all.", "P");
    private readonly Option<double?> penalty = Real("--repetition-penalty", "Above 1, the default, tokens that are there already become less likely.", "R");
    private readonly Option<int?> beams = CommonOptions.Parsed("--beams", text => (int?)CommonOptions.Whole(text), "Follow this many texts at once and keep the best; default: as the model's authors have it, mostly 1.", "N");
    private readonly Option<double?> lengthPenalty = Real("--length-penalty", "With beams: above 0 favours longer texts; default: 1.", "L");
    private readonly Option<string[]> stop = new("--stop") { Description = "End at this text; may be given several times.", HelpName = "TEXT", Arity = ArgumentArity.OneOrMore };
    private readonly Option<ulong?> seed = SeedOption("Makes drawing repeatable.");

    private readonly Option<StorageFormat?> cache = Cache();

    public static Option<int?> MaxTokens() => CommonOptions.Parsed("--max-tokens", text => (int?)CommonOptions.Whole(text), $"The most tokens to write; default: {Defaults.MaxNewTokens}.", "N");

    public static Option<StorageFormat?> Cache() => CommonOptions.Parsed(
        "--kv-cache", CacheFormat, $"How to keep the keys and values of what was read: {CacheFormats}; default: f32 up to 1 GiB, then f16.", "FORMAT");

    public static Option<ulong?> SeedOption(string description) => CommonOptions.Parsed("--seed", Seed, description, "N");

    /// <summary>The defaults but for these.</summary>
    /// <exception cref="UsageException">A value that can't be.</exception>
    public static GenerationOptions With(int? maxTokens, StorageFormat? cache)
        => Validated(new GenerationOptions { MaxNewTokens = maxTokens ?? Defaults.MaxNewTokens, Cache = cache }, _ => "--max-tokens");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { maxTokens, temperature, topK, topP, penalty, beams, lengthPenalty, stop, seed, cache })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="UsageException">A value that can't be.</exception>
    public GenerationOptions Read(ParseResult parsed)
    {
        var options = new GenerationOptions
        {
            MaxNewTokens = parsed.GetValue(maxTokens) ?? Defaults.MaxNewTokens,
            Temperature = parsed.GetValue(temperature) ?? Defaults.Temperature,
            TopK = parsed.GetValue(topK) ?? (parsed.GetValue(temperature) > 0 ? OriginalTopK : Defaults.TopK),
            TopP = parsed.GetValue(topP) ?? Defaults.TopP,
            RepetitionPenalty = parsed.GetValue(penalty) ?? Defaults.RepetitionPenalty,
            Beams = parsed.GetValue(beams) ?? Defaults.Beams,
            LengthPenalty = parsed.GetValue(lengthPenalty) ?? Defaults.LengthPenalty,
            StopStrings = parsed.GetValue(stop) ?? [],
            Seed = parsed.GetValue(seed),
            Cache = parsed.GetValue(cache),
        };
        return Validated(options, Flag);
    }

    /// <summary>Options with what the model was made for where nothing was said. Who lets tokens be drawn gets one text.</summary>
    public GenerationOptions Complete(ParseResult parsed, GenerationOptions options, VisionLanguageModel model)
        => parsed.GetValue(beams) is null && options.Temperature == 0 ? options with { Beams = model.DefaultBeams } : options;

    private static string CacheFormats => string.Join(", ", KeyValueCache.Formats.Select(format => format.Name()));

    private static StorageFormat? CacheFormat(string text)
        => KeyValueCache.Formats.Cast<StorageFormat?>().FirstOrDefault(format => string.Equals(format!.Value.Name(), text, StringComparison.OrdinalIgnoreCase))
            ?? throw new FormatException($"'{text}' is no format for keys and values; choose one of {CacheFormats}.");

    /// <summary>Checks options whose flags are named as those of describe.</summary>
    /// <exception cref="UsageException">A value that can't be.</exception>
    public static GenerationOptions Validated(GenerationOptions options) => Validated(options, new GenerationFlags().Flag);

    private static GenerationOptions Validated(GenerationOptions options, Func<string, string> flag)
    {
        try
        {
            return options.Validate();
        }
        catch (GenerationException error)
        {
            throw new UsageException(error.Message.Replace(error.Option, flag(error.Option), StringComparison.Ordinal));
        }
    }

    private string Flag(string option) => option switch
    {
        nameof(GenerationOptions.MaxNewTokens) => maxTokens.Name,
        nameof(GenerationOptions.Temperature) => temperature.Name,
        nameof(GenerationOptions.TopK) => topK.Name,
        nameof(GenerationOptions.TopP) => topP.Name,
        nameof(GenerationOptions.RepetitionPenalty) => penalty.Name,
        nameof(GenerationOptions.Beams) => beams.Name,
        nameof(GenerationOptions.LengthPenalty) => lengthPenalty.Name,
        nameof(GenerationOptions.StopStrings) => stop.Name,
        _ => option,
    };

    private static Option<double?> Real(string name, string description, string helpName) => CommonOptions.Parsed(name, text => (double?)CommonOptions.Number(text), description, helpName);

    private static ulong? Seed(string text)
        => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"'{text}' is no whole number from 0.");
}
