using System.CommandLine;
using System.Globalization;
using Kinora.Cli.Terminal;
using Kinora.Models.Verification;
using Kinora.Models.Weights;
using Kinora.Training.Verification;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora verify</c>: golden directories.</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string[]> Directories = new("DIR") { Description = "Directories with golden.json: what a reference implementation computed.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<WeightFormat> Weights = CommonOptions.Weights();
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("verify", "Compare this machine's results with those of a reference implementation, tensor by tensor.") { Directories, Weights, Json };
        Examples.Add(command, "kinora verify golden/tarsier-7b", "kinora verify golden/*", "kinora verify golden/tarsier-7b --weights q8_0 --json");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (reports, unread, json) = (new List<VerificationReport>(), new List<(string Directory, string Message)>(), parsed.GetValue(Json));
        foreach (var directory in parsed.GetValue(Directories)!)
        {
            try
            {
                if (!json)
                {
                    Console.Out.WriteLine(Messages.Clean(directory));
                }

                Action<CaseReport>? print = json ? null : Print;
                reports.Add(TrainingVerifier.Matches(directory)
                    ? TrainingVerifier.Run(directory, print, cancellation)
                    : await Verifier.RunAsync(directory, parsed.GetValue(Weights), print, cancellation).ConfigureAwait(false));
            }
            catch (Exception error) when (KinoraCommand.IsExpected(error))
            {
                unread.Add((directory, error.Message));
                Messages.Error(error.Message);
            }
        }

        if (json)
        {
            JsonOutput.Write(reports.Select(Machine).Concat(unread.Select(failure => (object)new { directory = failure.Directory, passed = false, error = failure.Message })));
        }
        else
        {
            var cases = reports.SelectMany(report => report.Cases).ToList();
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cases.Count(report => report.Passed)} of {cases.Count} cases passed, {cases.Sum(report => report.Compared)} of {cases.Sum(report => report.Stored)} stored tensors, ids and texts compared, {cases.Sum(report => report.Comparisons.Count)} comparisons"));
        }

        return unread.Count > 0 || reports.Any(report => !report.Passed) ? ExitCode.SomeFailed : ExitCode.Done;
    }

    private static void Print(CaseReport report)
    {
        Console.Out.WriteLine($"  {Messages.Clean(report.Name)}: {(report.Passed ? "passed" : "FAILED")}, compared {report.Compared} of {report.Stored} stored");
        if (report.Failure is not null)
        {
            Console.Out.WriteLine($"    could not be run: {Messages.Clean(report.Failure)}");
        }

        // Of a long list only what failed and what came closest to failing says something.
        const int Long = 40;
        var worst = report.Comparisons.Where(comparison => comparison.Limit > 0).GroupBy(comparison => comparison.Stage).Select(stage => stage.MaxBy(comparison => comparison.Error / comparison.Limit)).ToHashSet();
        var lines = report.Comparisons.Where(comparison => !comparison.Passed || report.Comparisons.Count <= Long || worst.Contains(comparison)).ToList();
        foreach (var comparison in lines)
        {
            var verdict = comparison.Passed ? "" : "  OVER";
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {Messages.Clean(comparison.Tensor),-26} from {comparison.Stage,-18} error {comparison.Error:0.0e+00}  worst value {comparison.Worst:0.0e+00}  limit {comparison.Limit:0.0e+00}{(comparison.ReferenceFloat32 is { } noise ? $"  reference in float32 {noise:0.0e+00}" : "")}{verdict}{(comparison.Note is null ? "" : $"  {Messages.Clean(comparison.Note)}")}"));
        }

        if (report.NotCompared.Count > 0)
        {
            Console.Out.WriteLine($"    compared with nothing: {Messages.Clean(string.Join(", ", report.NotCompared))}");
        }
    }

    private static object Machine(VerificationReport report) => new
    {
        directory = report.Directory,
        passed = report.Passed,
        cases = report.Cases.Select(golden => new
        {
            name = golden.Name,
            passed = golden.Passed,
            stored = golden.Stored,
            compared = golden.Compared,
            failure = golden.Failure,
            notCompared = golden.NotCompared,
            comparisons = golden.Comparisons.Select(comparison => new { tensor = comparison.Tensor, stage = comparison.Stage, error = double.IsFinite(comparison.Error) ? comparison.Error : (double?)null, worst = comparison.Worst, limit = comparison.Limit, referenceFloat32 = comparison.ReferenceFloat32, passed = comparison.Passed, note = comparison.Note }),
        }),
    };
}
