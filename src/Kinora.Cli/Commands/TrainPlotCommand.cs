using System.CommandLine;
using Kinora.Cli.Terminal;
using Kinora.Training.Plotting;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora train plot</c>.</summary>
internal static class TrainPlotCommand
{
    private static readonly Argument<string[]> Runs = new("RUN") { Description = "Runs' directories.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Output = CommonOptions.Output("SVG file to write; default: curves.svg in the first run.");

    public static Command Create()
    {
        var command = new Command("plot", "Draw a run's curves, or several runs' over each other, as SVG.") { Runs, Output };
        Examples.Add(command, "kinora train plot runs/a", "kinora train plot runs/a runs/b -o curves.svg");
        command.SetAction(parsed =>
        {
            var runs = parsed.GetValue(Runs)!;
            var output = parsed.GetValue(Output) ?? Path.Combine(runs[0], "curves.svg");
            OutputFile.Write(output, CurvePlot.Svg([.. runs.Select(RunCurves.Read)]));
            Messages.Hint($"Wrote {output}.");
            return ExitCode.Done;
        });
        return command;
    }
}
