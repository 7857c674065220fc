using System.CommandLine;
using System.Globalization;
using Kinora.Cli.Terminal;
using Kinora.Models;
using Kinora.Models.Describing;
using Kinora.Models.Families;

namespace Kinora.Cli.Commands;

/// <summary>The options that set what a model's own files say otherwise, or don't say.</summary>
internal sealed class ModelFlags
{
    private readonly Option<double?> loraAlpha = CommonOptions.Parsed(
        "--lora-alpha", text => (double?)Alpha(text), "Strength of adapters that store no alpha, such as those in PLLaVA's checkpoints: they are scaled by A over their rank; 0 switches them off; default: 4.", "A");

    private readonly Option<PoolingTarget?> pooling = CommonOptions.Parsed(
        "--pooling", text => (PoolingTarget?)PoolingTarget.Parse(text), "To what PLLaVA averages the features of a video, over time, height and width; default: as the model says.", "TxHxW");

    private readonly Option<Compatibility?> compat = CommonOptions.Parsed(
        "--compat", text => (Compatibility?)Mode(text), "What to do where the original program has a defect that changes results: corrected, the default, or original (docs/compatibility.md).", "MODE");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { loraAlpha, pooling, compat })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The option among them that was given first, or null.</summary>
    public string? Given(ParseResult parsed) => new Option[] { loraAlpha, pooling, compat }.FirstOrDefault(option => parsed.GetResult(option) is not null)?.Name;

    /// <summary>What <c>--lora-alpha</c> says, or null.</summary>
    public double? LoraAlpha(ParseResult parsed) => parsed.GetValue(loraAlpha);

    /// <summary>Sets a model, or its outline, as the user wants it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model.</param>
    /// <param name="frames">What <c>--frames</c> says, or null.</param>
    /// <param name="beams">What <c>--beams</c> says.</param>
    /// <exception cref="UsageException">The model has no such setting.</exception>
    public void Apply(ParseResult parsed, VisionLanguageModel model, int? frames, int beams)
    {
        try
        {
            model.Apply(new() { Compatibility = parsed.GetValue(compat) ?? Compatibility.Corrected, Pooling = parsed.GetValue(pooling), Frames = frames, Beams = beams });
        }
        catch (DescribeException error)
        {
            throw new UsageException(error.Message + ".");
        }

        if (LoraAlpha(parsed) is { } alpha)
        {
            model.Weights.Adapters.Alpha = alpha;
        }
    }

    /// <summary>Says which strength is used where nothing was said, as a text can't be understood without it.</summary>
    public void Note(ParseResult parsed, VisionLanguageModel model)
    {
        if (model.Weights.Adapters is { Count: > 0 } adapters && LoraAlpha(parsed) is null)
        {
            Messages.Hint(string.Create(CultureInfo.InvariantCulture, $"Note: the low-rank updates in this model store no alpha; {adapters.Alpha} is used, as in its authors' scripts. --lora-alpha A takes another, 0 switches them off."));
        }
    }

    private static double Alpha(string text) => CommonOptions.Number(text) is >= 0 and <= 1e6 and var alpha ? alpha : throw new FormatException($"'{text}' is no strength; write a number from 0, such as 4.");

    private static Compatibility Mode(string text)
        => Enum.GetValues<Compatibility>().Cast<Compatibility?>().FirstOrDefault(mode => string.Equals(mode.ToString(), text, StringComparison.OrdinalIgnoreCase)) ?? throw new FormatException($"'{text}' is none of original and corrected.");
}
