using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Kinora.Cli.Terminal;
using Kinora.Media;
using Kinora.Models.Describing;
using Kinora.Models.Generation;
using Kinora.Models.Planning;
using Kinora.Models.Weights;
using Kinora.Tensors;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora estimate</c>: memory and time of a description, before anything is loaded.</summary>
internal static class EstimateCommand
{
    private static readonly Argument<string[]> Inputs = new("INPUT") { Description = "What would be described; left out, only the number of frames counts.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> Model = CommonOptions.Model();
    private static readonly Option<WeightFormat> Weights = CommonOptions.Weights();
    private static readonly Option<int?> Frames = CommonOptions.Frames();
    private static readonly Option<int?> MaxTokens = GenerationFlags.MaxTokens();
    private static readonly Option<StorageFormat?> Cache = GenerationFlags.Cache();
    private static readonly ModelFlags ModelSettings = new();
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("estimate", "Tell what a description would take of memory and time; nothing is loaded.") { Inputs, Model, Weights, Frames, MaxTokens, Cache, Json };
        ModelSettings.AddTo(command);
        Examples.Add(command, "kinora estimate clip.mp4", "kinora estimate --model /data/Tarsier-7b --frames 16 --weights q4_0", "kinora estimate *.mp4 --model /data/Tarsier-7b --weights q8_0 --max-tokens 256 --json");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var directory = Models.Directory(parsed.GetValue(Model));
        var request = CommonOptions.Request(parsed.GetValue(Frames), null, null, null);
        var generation = GenerationFlags.With(parsed.GetValue(MaxTokens), parsed.GetValue(Cache));
        var weights = parsed.GetValue(Weights);
        using var planner = new RunPlanner(directory) { Setup = model => ModelSettings.Apply(parsed, model, parsed.GetValue(Frames), generation.Beams) };
        var outline = planner.Outline(weights);
        (request, generation) = (outline.Complete(request), generation with { Beams = outline.DefaultBeams });
        using var probe = new SpeedProbe();
        var (runs, failed) = (new List<Run>(), 0);
        foreach (var input in parsed.GetValue(Inputs) is { Length: > 0 } given ? given : [null!])
        {
            try
            {
                runs.Add(await EstimateAsync(input, planner, probe, new RunSettings(weights, request.Count, generation), cancellation).ConfigureAwait(false));
            }
            catch (Exception error) when (error is DescribeException or (MediaException and not ToolMissingException))
            {
                failed++;
                Messages.Error(error is DescribeException && input is not null ? Messages.Clean($"{input}: {error.Message}") : error.Message);
            }
        }

        var available = AvailableMemory.InUse() + AvailableMemory.Headroom();
        if (parsed.GetValue(Json))
        {
            JsonOutput.Write(new
            {
                model = directory,
                weights = weights.Name(),
                availableBytes = available,
                runs = runs.Select(run => Machine(run, available)),
            });
        }
        else if (runs.Count > 0)
        {
            Print(runs, available);
        }

        return failed > 0 ? ExitCode.SomeFailed : ExitCode.Done;
    }

    private static async Task<Run> EstimateAsync(string? input, RunPlanner planner, SpeedProbe probe, RunSettings settings, CancellationToken cancellation)
    {
        double? decode = null;
        if (input is not null)
        {
            var clock = Stopwatch.StartNew();
            var media = await new MediaReader().ProbeAsync(input, cancellation).ConfigureAwait(false);
            settings = settings with { Frames = media.Kind is MediaKind.Picture or MediaKind.PictureSequence ? Math.Min(settings.Frames, media.FrameCount ?? 1) : settings.Frames };
            decode = TimeEstimate.DecodeSeconds(media, settings.Frames, clock.Elapsed.TotalSeconds);
            planner.PictureSize = (media.Width, media.Height);
        }

        var plan = planner.Plan(settings);
        return new Run(input, plan, TimeEstimate.Of(plan.Session, probe, decode));
    }

    private static void Print(IReadOnlyList<Run> runs, long available)
    {
        var most = runs.MaxBy(run => run.Plan.PeakBytes)!;
        Report.Table(
            ["memory", "own", "mapped"],
            [
                .. most.Plan.Lines.Select(line => (IReadOnlyList<string>)[line.What, Bytes(line.Bytes), Bytes(line.MappedBytes)]),
                ["most at once while loading", Report.Bytes(most.Plan.LoadingPeakBytes), ""],
                ["most at once", Report.Bytes(most.Plan.PeakBytes), Bytes(most.Plan.MappedBytes)],
                ["can be had", Report.Bytes(available), most.Plan.PeakBytes <= available ? "fits" : "DOES NOT FIT"],
            ]);
        Report.Table(
            ["seconds", "decode", "encode", "read", "write", "all"],
            runs.Select(run => (IReadOnlyList<string>)
            [
                run.Input ?? $"{Summary.Count(run.Plan.Session.Frames, "frame")}",
                run.Time.Decode is { } decode ? Number(decode) : "",
                $"{Number(run.Time.Encode)} ({Summary.Count(run.Plan.Session.Frames, "frame")})",
                $"{Number(run.Time.Read)} ({Summary.Count(run.Plan.Session.PromptTokens, "token")})",
                $"{Number(run.Time.Write)} (at most {Summary.Count(run.Plan.Session.NewTokens, "token")})",
                Number(run.Time.Total),
            ]));

        static string Bytes(long bytes) => bytes > 0 ? Report.Bytes(bytes) : "";
    }

    private static object Machine(Run run, long available) => new
    {
        input = run.Input,
        frames = run.Plan.Session.Frames,
        promptTokens = run.Plan.Session.PromptTokens,
        maxTokens = run.Plan.Session.NewTokens,
        memory = new
        {
            lines = run.Plan.Lines.Select(line => new { what = line.What, bytes = line.Bytes, mappedBytes = line.MappedBytes }),
            cacheFormat = run.Plan.Session.CacheFormat.Name(),
            loadingPeakBytes = run.Plan.LoadingPeakBytes,
            peakBytes = run.Plan.PeakBytes,
            mappedBytes = run.Plan.MappedBytes,
            fits = run.Plan.PeakBytes <= available,
        },
        seconds = new { decode = run.Time.Decode, encode = run.Time.Encode, read = run.Time.Read, write = run.Time.Write, total = run.Time.Total },
    };

    private static string Number(double seconds) => seconds.ToString(seconds < 10 ? "0.00" : "0", CultureInfo.InvariantCulture);

    private sealed record Run(string? Input, MemoryPlan Plan, TimeEstimate Time);
}
