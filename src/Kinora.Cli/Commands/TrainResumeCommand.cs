using System.CommandLine;
using Kinora.Cli.Terminal;
using Kinora.Training.Recipes;
using Kinora.Training.Runs;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora train resume</c>.</summary>
internal static class TrainResumeCommand
{
    private static readonly Argument<string> Run = new("RUN") { Description = "The run's directory." };
    private static readonly Option<string?> RecipeFile = CommonOptions.PathTo("--recipe", "The recipe that the run is believed to have; if it differs, says in what and stops.", "FILE");
    private static readonly Option<bool> Profile = TrainRun.ProfileOption();

    public static Command Create()
    {
        var command = new Command("resume", "Go on with a run that was stopped or killed; it ends as if it hadn't been.") { Run, RecipeFile, Profile };
        Examples.Add(command, "kinora train resume runs/a");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var run = RunDirectory.Open(parsed.GetValue(Run)!);
        if (parsed.GetValue(RecipeFile) is { } file)
        {
            // A recipe may leave open what the command line named.
            var given = Recipe.Load(file);
            given = given with
            {
                Model = given.Model ?? run.Recipe.Model,
                Data = given.Data.Count == 0 ? run.Recipe.Data : given.Data,
                Create = run.Recipe.Stages is [{ Recipe.Model: not null }, ..] ? null : given.Create,
                Stages = [.. given.Stages.Select((stage, i) => stage with { Recipe = stage.Recipe with { Model = stage.Recipe.Model ?? run.Recipe.Stages.ElementAtOrDefault(i)?.Recipe.Model } })],
            };
            if (run.Recipe.Differences(given) is { Count: > 0 } differences)
            {
                throw new UsageException($"{run.Path} was begun with another recipe than {file}: {string.Join("; ", differences)}. Resume without --recipe to go on as it was begun, or train anew with --out.");
            }
        }

        return await TrainRun.ToItsEndAsync(run, parsed.GetValue(Profile), cancellation).ConfigureAwait(false);
    }
}
