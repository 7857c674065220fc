using System.CommandLine;
using Kinora.Cli.Terminal;
using Kinora.Media;
using Kinora.Toybox.Clips;
using Kinora.Toybox.Planning;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora toybox show</c>.</summary>
internal static class ToyboxShowCommand
{
    private const int DefaultFrames = 8;

    private static readonly Option<long> Seed = ToyboxCommand.Seed("The clip's seed; default: 0.");
    private static readonly Option<int> Level = ToyboxCommand.Level();
    private static readonly Option<int?> Frames = CommonOptions.Parsed("--frames", text => (int?)CommonOptions.Whole(text), $"How many frames to show; default: {DefaultFrames}.", "N");
    private static readonly Option<string?> Output = CommonOptions.Output("Save frames with the truth below as one PNG.");

    public static Command Create()
    {
        var command = new Command("show", "Tell what happens in a clip, and show it.") { Seed, Level, Frames, Output };
        Examples.Add(command, "kinora toybox show --seed 7", "kinora toybox show --seed 7 -o clip.png --frames 12");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = ClipPlanner.Plan(parsed.GetValue(Seed), parsed.GetValue(Level));
        var frames = parsed.GetValue(Frames) ?? DefaultFrames;
        if (frames < 1 || frames > plan.Frames)
        {
            throw new UsageException($"--frames {frames} can't be; the clip has {plan.Frames} frames, give 1 to {plan.Frames}.");
        }

        if (parsed.GetValue(Output) is { } file)
        {
            OutputFile.Prepare(file);
            await PictureWriter.WritePngAsync(TruthSheet.Render(plan, frames), file, cancellation).ConfigureAwait(false);
        }

        foreach (var line in TruthSheet.Text(plan))
        {
            Console.Out.WriteLine(line);
        }

        return ExitCode.Done;
    }
}
