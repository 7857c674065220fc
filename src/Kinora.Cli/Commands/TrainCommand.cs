using System.CommandLine;
using Kinora.Cli.Terminal;
using Kinora.Training.Data;
using Kinora.Training.Recipes;
using Kinora.Training.Runs;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora train</c>: recipes, and what belongs to their runs.</summary>
internal static class TrainCommand
{
    private static readonly Argument<string?> RecipeFile = new("RECIPE") { Description = "What learns and how, as YAML; recipes/ holds those of the papers.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Model = CommonOptions.PathTo("--model", "Directory of the checkpoint to start from; default: the recipe's, else the small model that ships with Kinora.", "DIR");
    private static readonly Option<string[]> Data = new("--data") { Description = "Data file (JSON or JSON lines); takes the place of the recipe's. May be given several times.", HelpName = "FILE" };
    private static readonly Option<string?> Out = CommonOptions.PathTo("--out", "Directory of the run; default: runs/NAME-OF-THE-RECIPE.", "DIR");
    private static readonly Option<string[]> Set = new("--set") { Description = "Another value for a key of the recipe, such as optimizer.learning_rate=1e-4.", HelpName = "KEY=VALUE" };
    private static readonly Option<bool> Print = new("--print") { Description = "Print every value that will be used, as YAML, and stop." };
    private static readonly Option<bool> Profile = TrainRun.ProfileOption();

    public static Command Create()
    {
        var command = new Command("train", "Train a model, or an adapter for it, by a recipe.") { RecipeFile, Model, Data, Out, Set, Print, Profile };
        command.Subcommands.Add(TrainResumeCommand.Create());
        command.Subcommands.Add(TrainPlotCommand.Create());
        command.Subcommands.Add(TrainExportCommand.Create());
        command.Subcommands.Add(TrainPairsCommand.Create());
        Examples.Add(
            command,
            "kinora train recipes/toybox-lora.yaml --data clips/clips.jsonl --out runs/toys",
            "kinora train recipes/tarsier-lora.yaml --model DIR --data my.jsonl --out runs/a",
            "kinora train recipes/tarsier-lora.yaml --model DIR --data my.jsonl --set epochs=40 --print",
            "kinora train resume runs/a",
            "kinora train plot runs/a runs/b -o curves.svg",
            "kinora describe clip.mp4 --model DIR --lora runs/a/adapter");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var file = parsed.GetValue(RecipeFile) ?? throw new UsageException("train needs a RECIPE, such as recipes/tarsier-lora.yaml, or one of resume, plot, export and pairs; see kinora train --help.");
        var recipe = Recipe.Load(file, parsed.GetValue(Set));
        recipe = recipe.Stages.Count > 0 ? Staged(recipe, parsed) : recipe with
        {
            Model = parsed.GetValue(Model) is { } model ? Path.GetFullPath(Models.Directory(model)) : recipe.Model ?? Models.Shipped(),
            Data = parsed.GetValue(Data) is { Length: > 0 } data ? [.. data.Select(path => new DataSource(Path.GetFullPath(path)))] : recipe.Data,
        };
        if (parsed.GetValue(Print))
        {
            Console.Out.Write(recipe.Resolved().Print());
            return ExitCode.Done;
        }

        recipe.Complete();
        foreach (var part in recipe.Stages.Count > 0 ? recipe.Stages.Select(stage => stage.Recipe) : [recipe])
        {
            Require(part);
        }

        var directory = parsed.GetValue(Out) ?? Path.Combine("runs", Path.GetFileNameWithoutExtension(file));
        using var run = RunDirectory.Create(directory, recipe);
        try
        {
            return await TrainRun.ToItsEndAsync(run, parsed.GetValue(Profile), cancellation).ConfigureAwait(false);
        }
        catch
        {
            run.ForgetUnlessBegun();
            throw;
        }
    }

    /// <summary>A model that is named on the command line is what the first stage begins with.</summary>
    private static Recipe Staged(Recipe recipe, ParseResult parsed)
    {
        if (parsed.GetValue(Data) is { Length: > 0 })
        {
            throw new UsageException("A recipe in stages names its data in each stage; --data can't stand for all of them.");
        }

        var first = recipe.Stages[0];
        return parsed.GetValue(Model) is { } model
            ? recipe with { Create = null, Stages = [first with { Recipe = first.Recipe with { Model = Path.GetFullPath(Models.Directory(model)) } }, .. recipe.Stages.Skip(1)] }
            : recipe;
    }

    /// <summary>What would stop the run at once is found before its directory is made.</summary>
    private static void Require(Recipe recipe)
    {
        if (recipe.Model is { } model && !Directory.Exists(model))
        {
            throw new UsageException($"The model {Messages.Clean(model)} is no directory; name a checkpoint's with --model DIR.");
        }

        foreach (var source in recipe.Data.Concat(recipe.Validation.Data))
        {
            TrainingFile.Open(source.Path, source.Media, source.Format).Dispose();
        }
    }
}
