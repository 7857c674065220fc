using System.CommandLine;
using Kinora.Cli.Commands;
using Kinora.Cli.Terminal;
using Kinora.Media;
using Kinora.Models.Checkpoints;
using Kinora.Models.Describing;
using Kinora.Models.Generation;
using Kinora.Models.Planning;
using Kinora.Models.Tokenization;
using Kinora.Models.Adapters;
using Kinora.Models.Verification;
using Kinora.Toybox.Clips;
using Kinora.Training.Data;
using Kinora.Training.Recipes;
using Kinora.Training.Runs;
using Kinora.Training.Trainers;

namespace Kinora.Cli;

/// <summary>The <c>kinora</c> command: parses, runs, and turns errors into one line and an exit code.</summary>
internal static class KinoraCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Turns videos into precise descriptions, on this machine, without Python.")
        {
            DescribeCommand.Create(),
            ChatCommand.Create(),
            FramesCommand.Create(),
            TokenizeCommand.Create(),
            ModelsCommand.Create(),
            InspectCommand.Create(),
            VerifyCommand.Create(),
            TrainCommand.Create(),
            ToyboxCommand.Create(),
            EstimateCommand.Create(),
            BenchCommand.Create(),
            DoctorCommand.Create(),
        };
        Examples.Add(root, "kinora describe clip.mp4", "kinora chat clip.mp4 --model /data/Tarsier-7b --weights q4_0", "kinora doctor");
        Examples.ShowIn(root);

        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Action is not { ClearsParseErrors: true } && UsageProblem.Of(parsed) is { } problem)
        {
            Messages.Error(problem);
            return ExitCode.Usage;
        }

        using var interrupt = new Interrupt();
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interrupt.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            Messages.Hint("Interrupted.");
            return ExitCode.Interrupted;
        }
        catch (UsageException error)
        {
            Messages.Error(error.Message);
            return ExitCode.Usage;
        }
        catch (Exception error) when (IsExpected(error))
        {
            Messages.Error(error.Message);
            return error is MediaException and not ToolMissingException ? ExitCode.SomeFailed : ExitCode.CouldNotRun;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Messages.Error(MessageOf(error));
            Console.Error.WriteLine(error.StackTrace);
            return ExitCode.CouldNotRun;
        }
    }

    /// <summary>What to tell of an error: its message if it is one of files and machines, else that the defect is ours.</summary>
    public static string MessageOf(Exception error)
        => IsExpected(error) ? error.Message : $"unexpected {error.GetType().Name}: {error.Message} This is a defect of Kinora; please report it.";

    /// <summary>Errors of files and machines, whose message is all that a user needs. Others are our defects.</summary>
    public static bool IsExpected(Exception error)
        => error is MediaException or CheckpointException or TokenizerException or DescribeException or VerificationException
            or GenerationException or AdapterException or RecipeException or TrainingDataException or TrainingException or RunException or WorldException or NotEnoughMemoryException or IOException or UnauthorizedAccessException or OutOfMemoryException or PlatformNotSupportedException;
}
