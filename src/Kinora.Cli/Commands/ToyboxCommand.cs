using System.CommandLine;
using Kinora.Toybox.World;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora toybox</c>: the rendered world that the shipped model knows.</summary>
internal static class ToyboxCommand
{
    private const int WholeWorld = 3;

    public static Command Create()
    {
        var command = new Command("toybox", "Clips of a small rendered world whose truth is known exactly.");
        command.Subcommands.Add(ToyboxRenderCommand.Create());
        command.Subcommands.Add(ToyboxShowCommand.Create());
        command.Subcommands.Add(ToyboxScoreCommand.Create());
        Examples.Add(command, "kinora toybox show --seed 7 -o clip.png", "kinora toybox render --seed 7 --count 1000 --out world/", "kinora toybox score --seeds 900000..900999 --json");
        return command;
    }

    public static Option<long> Seed(string description)
        => CommonOptions.Parsed("--seed", text => long.TryParse(text, out var seed) && seed >= 0 ? seed : throw new FormatException($"'{text}' is no seed; give a whole number from 0 on."), description, "S");

    public static Option<int> Level() => new("--level")
    {
        Description = "How much happens: 1 (one toy, one event), 2 (one or two toys), 3 (the whole world); default: 3.",
        HelpName = "L",
        DefaultValueFactory = _ => WholeWorld,
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (text is ['1' or '2' or '3'])
            {
                return text[0] - '0';
            }

            result.AddError($"--level: '{text}' is no level of the world; give 1 (one toy, one event), 2 (one or two toys) or 3 (the whole world).");
            return 0;
        },
    };

    /// <summary>A word on seeds that models must not be trained on.</summary>
    public static string? HeldOut(long first, long last)
        => HeldOutSeeds.All.Overlaps(new(first, last)) ? $"Some of these seeds ({HeldOutSeeds.First} to {HeldOutSeeds.Last}) are held out: a model that is to be judged must not be trained on them." : null;
}
