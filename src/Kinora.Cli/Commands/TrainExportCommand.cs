using System.CommandLine;
using Kinora.Cli.Terminal;
using Kinora.Tensors;
using Kinora.Training.Exports;
using Kinora.Training.Runs;
using Kinora.Training.Trainers;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora train export</c>: an adapter or model out of one of a run's checkpoints.</summary>
internal static class TrainExportCommand
{
    private static readonly Argument<string> Run = new("RUN") { Description = "The run's directory." };
    private static readonly Option<bool> Best = new("--best") { Description = "The checkpoint with the lowest validation loss instead of the newest." };
    private static readonly Option<StorageFormat?> Weights = CommonOptions.Parsed("--weights", FormatOf, "How a model's weights are stored: f32, f16 or bf16; default: what was learned as f32, all else as it was.", "FORMAT");
    private static readonly Option<string?> Output = CommonOptions.Output("Directory to make.", "DIR");

    public static Command Create()
    {
        var command = new Command("export", "Make an adapter or a model out of a checkpoint of a run.") { Run, Best, Weights, Output };
        Examples.Add(command, "kinora train export runs/a --best -o best", "kinora train export runs/toybox/3-clips --weights f16 -o small");
        command.SetAction(RunAsync);
        return command;
    }

    private static int RunAsync(ParseResult parsed)
    {
        using var run = RunDirectory.Open(parsed.GetValue(Run)!);
        var output = parsed.GetValue(Output) ?? throw new UsageException("export needs -o DIR, the directory to make.");
        if (Path.Exists(output))
        {
            throw new UsageException($"{output} is there already; name a new directory with -o.");
        }

        if (run.Recipe.Stages.Count > 0)
        {
            var last = StagedRun.Stages(run.Path).LastOrDefault(stage => new CheckpointStore(stage).Steps().Count > 0) ?? throw new UsageException($"{run.Path} has no checkpoint yet; resume it.");
            throw new UsageException($"{run.Path} is a run in stages, each with checkpoints of its own; export the newest with: kinora train export {last} -o {output}");
        }

        using var trainable = ModelSetup.Load(run.Recipe);
        var newest = run.Checkpoints.ToGoOnFrom(Messages.Hint) ?? throw new UsageException($"{run.Path} has no checkpoint yet; resume it.");
        var state = TrainingState.Load(newest.Directory, trainable.Store);
        if (parsed.GetValue(Best))
        {
            var step = state.BestStep ?? throw new UsageException($"{run.Path} was never validated, so it has no best checkpoint; leave --best out.");
            var best = run.Checkpoints.At(step) ?? throw new UsageException($"The best checkpoint of {run.Path}, that of step {step}, is gone or damaged; leave --best out.");
            state = TrainingState.Load(best.Directory, trainable.Store);
        }

        Directory.CreateDirectory(output);
        RunExport.WriteInto(output, trainable, parsed.GetValue(Weights));
        Messages.Hint($"Wrote step {state.Step} of {run.Path} to {output}. {TrainRun.Usage(output)}");
        return ExitCode.Done;
    }

    private static StorageFormat? FormatOf(string name) => name switch
    {
        "f32" => StorageFormat.F32,
        "f16" => StorageFormat.F16,
        "bf16" => StorageFormat.BF16,
        _ => throw new FormatException($"'{name}' is no format that a checkpoint can be written in; give f32, f16 or bf16."),
    };
}
