using System.CommandLine;
using System.Globalization;
using Kinora.Cli.Terminal;
using Kinora.Models.Benchmarking;
using Kinora.Models.Checkpoints;
using Kinora.Models.Describing;
using Kinora.Models.Weights;
using Kinora.Tensors;
using Kinora.Tensors.Measuring;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora bench</c>: how fast this machine is, beside what it could be at most.</summary>
internal static class BenchCommand
{
    private const string All = "all";
    private const string Describe = "describe";
    private const string ExampleClip = "toybox-04.mp4";

    private static readonly (string Name, Func<Rounds, TensorOperations, IReadOnlyList<BenchmarkResult>> Run)[] Parts =
    [
        ("kernels", KernelBenchmark.Run),
        ("vision", VisionBenchmark.Run),
        ("language", LanguageBenchmark.Run),
    ];

    private static readonly Argument<string> Part = new("PART")
    {
        Description = $"What to time: {string.Join(", ", Names)}; default: {All}.",
        DefaultValueFactory = _ => All,
        CustomParser = result =>
        {
            var name = result.Tokens.Single().Value;
            if (!Names.Contains(name))
            {
                result.AddError($"PART: '{name}' can't be timed; choose one of {string.Join(", ", Names)}.");
            }

            return name;
        },
    };

    private static readonly Option<string?> Model = CommonOptions.Model();
    private static readonly ModelFlags ModelSettings = new();
    private static readonly Option<bool> Json = CommonOptions.Json();

    private static string[] Names => [All, .. Parts.Select(part => part.Name), Describe];

    public static Command Create()
    {
        var command = new Command("bench", "Time kernels, a vision tower, a decoder and a description, beside this machine's limits measured in the same run.") { Part, Model, Json };
        ModelSettings.AddTo(command);
        Examples.Add(command, "kinora bench", "kinora bench kernels", "kinora bench describe --model /data/Tarsier-7b", "kinora bench language --json");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var part = parsed.GetValue(Part)!;
        var json = parsed.GetValue(Json);
        if (part is not (All or Describe) && ModelSettings.Given(parsed) is { } given)
        {
            throw new UsageException($"{given} is for a description; write 'bench {Describe}'.");
        }

        using var operations = new TensorOperations { Cancellation = cancellation };
        var machine = (Processor: ProcessorName.Find(), InstructionSet: operations.InstructionSet.ToString(), operations.Threads);
        if (!json)
        {
            Report.Table(["", ""],
            [
                ["processor", machine.Processor],
                ["instruction set", machine.InstructionSet],
                ["threads", machine.Threads.ToString(CultureInfo.InvariantCulture)],
            ]);
        }

        var peaks = Peaks();
        using var limits = new MachineLimits();
        var rounds = new Rounds(limits, ProgressLine.Show, cancellation);
        var results = new List<(string Part, BenchmarkResult Result)>();
        foreach (var (name, run) in Parts.Where(known => part is All || part == known.Name))
        {
            ProgressLine.Show($"preparing {name}");
            var found = await Task.Run(() => run(rounds, operations), CancellationToken.None).ConfigureAwait(false);
            ProgressLine.Clear();
            results.AddRange(found.Select(result => (name, result)));
            if (!json)
            {
                Print(found);
            }
        }

        var described = part is All or Describe ? await DescribeAsync(parsed, json, cancellation).ConfigureAwait(false) : null;
        if (results.Count == 0)
        {
            rounds.MeasureLimits();
        }

        if (json)
        {
            JsonOutput.Write(new
            {
                processor = machine.Processor,
                instructionSet = machine.InstructionSet,
                threads = machine.Threads,
                multiplyAddGflops = Billions(rounds.MultiplyAdd),
                multiplyAddGflopsBySet = peaks.ToDictionary(pair => pair.Set.ToString(), pair => pair.Rate / 1e9),
                readGbs = Billions(rounds.Read),
                results = results.Select(pair => Machine(pair.Part, pair.Result)),
                describe = described,
            });
        }
        else
        {
            Console.Out.WriteLine($"Limits over this run, medians with the 10th and the 90th percentile: {Range(rounds.MultiplyAdd)} GFLOP/s of multiply-adds, {Range(rounds.Read)} GB/s read.");
            Console.Out.WriteLine($"Multiply-adds at the start: {string.Join(", ", peaks.Select(pair => $"{pair.Set} {Number(pair.Rate / 1e9)}"))} GFLOP/s. Shares are medians of each round's share of the limits just around it.");
        }

        return ExitCode.Done;
    }

    /// <summary>The multiply-add rate of each instruction set that kernels are built for, each after a moment of load.</summary>
    private static List<(InstructionSet Set, double Rate)> Peaks()
    {
        var result = new List<(InstructionSet, double)>();
        foreach (var set in TensorOperations.Supported)
        {
            using var limits = new MachineLimits(instructionSet: set, bufferBytes: 0);
            result.Add((set, Spread.Median(Enumerable.Range(0, 15).Select(_ => limits.MultiplyAdd()).Skip(4))));
        }

        return result;
    }

    private static async Task<object> DescribeAsync(ParseResult parsed, bool json, CancellationToken cancellation)
    {
        var directory = Models.Directory(parsed.GetValue(Model));
        var clip = Models.Example(ExampleClip) ?? throw new CheckpointException(Path.Combine("examples", ExampleClip), "is not there, and without an example there is nothing to describe; restore the examples folder beside models");
        using var model = Models.Load(directory, WeightFormat.AsStored, cancellation);
        ModelSettings.Apply(parsed, model, null, 1);
        using var adapters = LoraOption.Attach(model, null, ModelSettings.LoraAlpha(parsed));
        var (seconds, phases, frames, read, written) = await DescribeBenchmark.RunAsync(model, clip, ProgressLine.Show, cancellation).ConfigureAwait(false);
        ProgressLine.Clear();
        if (!json)
        {
            Report.Table(
                ["describe", "seconds", "rate"],
                [
                    [$"{Path.GetFileName(clip)} with {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}, loaded", Number(seconds), ""],
                    [$"decode {Summary.Count(frames, "frame")}", Number(phases[DescribePhase.Decode]), $"{Number(frames / phases[DescribePhase.Decode])} frames/s"],
                    [$"encode {Summary.Count(frames, "frame")}", Number(phases[DescribePhase.Encode]), $"{Number(frames / phases[DescribePhase.Encode])} frames/s"],
                    [$"read {Summary.Count(read, "token")}", Number(phases[DescribePhase.Read]), $"{Number(read / phases[DescribePhase.Read])} tokens/s"],
                    [$"write {Summary.Count(written, "token")}", Number(phases[DescribePhase.Generate]), $"{Number(written / phases[DescribePhase.Generate])} tokens/s"],
                ]);
        }

        return new
        {
            model = directory,
            clip,
            frames,
            tokensRead = read,
            tokensWritten = written,
            seconds,
            phases = phases.ToDictionary(pair => pair.Key.ToString().ToLowerInvariant(), pair => pair.Value),
        };
    }

    private static void Print(IReadOnlyList<BenchmarkResult> results)
        => Report.Table(
            ["what", "format", "ms", "GFLOP/s", "of peak", "GB/s", "of read", "rate"],
            results.Select(result => (IReadOnlyList<string>)
            [
                result.Name,
                result.Format.Name(),
                Number(result.Seconds * 1000),
                Number(result.FlopsPerSecond / 1e9),
                Percent(result.ShareOfMultiplyAdd),
                Number(result.BytesPerSecond / 1e9),
                Percent(result.ShareOfRead),
                result.Thing.Length > 0 ? $"{Number(result.ThingsPerSecond)} {result.Thing}s/s" : "",
            ]));

    private static object Machine(string part, BenchmarkResult result) => new
    {
        part,
        name = result.Name,
        format = result.Format.Name(),
        seconds = result.Seconds,
        gflops = result.FlopsPerSecond / 1e9,
        shareOfMultiplyAdd = result.ShareOfMultiplyAdd,
        gbs = result.BytesPerSecond / 1e9,
        shareOfRead = result.ShareOfRead,
        thing = result.Thing,
        perSecond = result.ThingsPerSecond,
        rounds = result.Rounds,
    };

    private static object Billions(Spread spread) => new { low = spread.Low / 1e9, median = spread.Middle / 1e9, high = spread.High / 1e9 };

    private static string Range(Spread spread) => $"{Number(spread.Middle / 1e9)} ({Number(spread.Low / 1e9)} to {Number(spread.High / 1e9)})";

    private static string Number(double value) => value.ToString(value switch { < 1 => "0.000", < 10 => "0.00", < 100 => "0.0", _ => "0" }, CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0", CultureInfo.InvariantCulture) + " %";
}
