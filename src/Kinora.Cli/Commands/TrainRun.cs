using System.CommandLine;
using System.Globalization;
using Kinora.Cli.Terminal;
using Kinora.Tensors.Measuring;
using Kinora.Training.Exports;
using Kinora.Training.Runs;
using Kinora.Training.Trainers;

namespace Kinora.Cli.Commands;

/// <summary>Runs a training run and says what came of it.</summary>
internal static class TrainRun
{
    public static Option<bool> ProfileOption() => new("--profile") { Description = "At the end, say where the time went and how near the arithmetic came to this machine's peak." };

    public static async Task<int> ToItsEndAsync(RunDirectory run, bool profile, CancellationToken cancellation)
    {
        Interrupt.IsPatient = true;
        using var stopping = cancellation.Register(() => Messages.Hint("Stopping after this step; what was learned is saved. Ctrl-C again ends at once, from the last checkpoint."));
        if (run.Recipe.Stages.Count == 0)
        {
            return await OneAsync(run, run.Path, profile, cancellation).ConfigureAwait(false);
        }

        var staged = new StagedRun(run);
        ProgressLine.Show("Preparing");
        staged.Require();
        while (staged.Next() is { } stage)
        {
            if (cancellation.IsCancellationRequested)
            {
                Messages.Hint($"Stopped. Go on with: kinora train resume {run.Path}");
                return ExitCode.Interrupted;
            }

            Messages.Hint($"Stage {stage + 1} of {run.Recipe.Stages.Count}: {run.Recipe.Stages[stage].Name}");
            using var part = staged.Open(stage);
            try
            {
                if (await OneAsync(part, run.Path, profile, cancellation).ConfigureAwait(false) is var code && code != ExitCode.Done)
                {
                    return code;
                }
            }
            catch
            {
                part.ForgetUnlessBegun();
                throw;
            }
        }

        staged.Finish();
        Messages.Hint($"All stages are done. {Usage(run.Path)}");
        return ExitCode.Done;
    }

    private static async Task<int> OneAsync(RunDirectory run, string resumed, bool profile, CancellationToken cancellation)
    {
        using var journal = new RunJournal(run) { Progress = ProgressLine.Show, Note = Messages.Hint };
        ProgressLine.Show("Loading the model");
        await using var trainer = new Trainer(run, journal, cancellation);
        var flops = trainer.Operations.Flops;
        var finished = await trainer.RunAsync(cancellation).ConfigureAwait(false);
        ProgressLine.Clear();
        if (profile)
        {
            Show(trainer, trainer.Operations.Flops - flops);
        }

        Messages.Hint(finished ? $"Done: {trainer.TotalSteps} steps.{(resumed == run.Path ? " " + Usage(run.Path) : "")}" : $"Stopped. Go on with: kinora train resume {resumed}");
        return finished ? ExitCode.Done : ExitCode.Interrupted;
    }

    /// <summary>How to describe with what was written into a directory.</summary>
    public static string Usage(string directory)
    {
        var (adapter, model) = (Path.Combine(directory, RunExport.Adapter), Path.Combine(directory, RunExport.Model));
        return (Directory.Exists(adapter), Directory.Exists(model)) switch
        {
            (true, true) => $"Use them with --model {model} --lora {adapter}",
            (true, false) => $"Use it with --lora {adapter}",
            _ => $"Use it with --model {model}",
        };
    }

    private static void Show(Trainer trainer, double flops)
    {
        var parts = Enum.GetValues<TrainingPart>().Select(part => (Part: part, Seconds: trainer.Profile.Seconds(part))).ToList();
        var total = Math.Max(1e-9, parts.Sum(part => part.Seconds));
        foreach (var (part, seconds) in parts.OrderByDescending(part => part.Seconds))
        {
            Messages.Hint(string.Create(CultureInfo.InvariantCulture, $"  {part.ToString().ToLowerInvariant(),-10} {seconds,9:0.00} s {100 * seconds / total,5:0.0} %"));
        }

        // Muon's products are counted too.
        var computing = new[] { TrainingPart.Forward, TrainingPart.Head, TrainingPart.Backward, TrainingPart.Optimizer, TrainingPart.Judging }.Sum(trainer.Profile.Seconds);
        using var limits = new MachineLimits();
        var peak = limits.MultiplyAdd() / 1e9;
        var rate = flops / Math.Max(1e-9, computing) / 1e9;
        Messages.Hint(string.Create(CultureInfo.InvariantCulture, $"  products and attention: {rate:0} GFLOP/s while computing, {100 * rate / peak:0} % of this machine's {peak:0} GFLOP/s"));
    }
}
