using System.CommandLine;
using Kinora.Models.Generation;

namespace Kinora.Cli.Commands;

/// <summary>The options that say how a model writes.</summary>
internal sealed class GenerationFlags
{
    private readonly Option<int> maxTokens = new("--max-tokens") { Description = "The most tokens to write.", HelpName = "N", DefaultValueFactory = _ => 512 };
    private readonly Option<double> temperature = new("--temperature") { Description = "0 always takes the likeliest token; above 0 tokens are drawn.", HelpName = "T", DefaultValueFactory = _ => 0 };
    private readonly Option<int> topK = new("--top-k") { Description = "Draw from the K likeliest tokens; 0: from all.", HelpName = "K", DefaultValueFactory = _ => 0 };
    private readonly Option<double> topP = new("--top-p") { Description = "Draw from the likeliest tokens that make up this probability.", HelpName = "P", DefaultValueFactory = _ => 1 };
    private readonly Option<double> penalty = new("--repetition-penalty") { Description = "Above 1, tokens that are there already become less likely.", HelpName = "R", DefaultValueFactory = _ => 1 };
    private readonly Option<int> beams = new("--beams") { Description = "Follow this many texts at once and keep the best.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<double> lengthPenalty = new("--length-penalty") { Description = "With beams: above 0 favours longer texts.", HelpName = "L", DefaultValueFactory = _ => 1 };
    private readonly Option<string[]> stop = new("--stop") { Description = "End at this text; may be given several times.", HelpName = "TEXT" };
    private readonly Option<ulong?> seed = new("--seed") { Description = "Makes drawing repeatable.", HelpName = "N" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { maxTokens, temperature, topK, topP, penalty, beams, lengthPenalty, stop, seed })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="UsageException">A value that can't be.</exception>
    public GenerationOptions Read(ParseResult parsed)
    {
        var options = new GenerationOptions
        {
            MaxNewTokens = parsed.GetValue(maxTokens),
            Temperature = parsed.GetValue(temperature),
            TopK = parsed.GetValue(topK),
            TopP = parsed.GetValue(topP),
            RepetitionPenalty = parsed.GetValue(penalty),
            Beams = parsed.GetValue(beams),
            LengthPenalty = parsed.GetValue(lengthPenalty),
            StopStrings = parsed.GetValue(stop) ?? [],
            Seed = parsed.GetValue(seed),
        };
        try
        {
            return options.Validate();
        }
        catch (GenerationException error)
        {
            throw new UsageException(error.Message);
        }
    }
}
