using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kinora.Cli.Terminal;
using Kinora.Evaluation.Worlds;
using Kinora.Models.Describing;
using Kinora.Models.Planning;
using Kinora.Models.Weights;
using Kinora.Toybox.Judging;
using Kinora.Toybox.World;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora toybox score</c>: how well a model describes clips of the world that it never saw.</summary>
internal static class ToyboxScoreCommand
{
    private const int MostClips = 100_000;

    private static readonly SeedRange DefaultSeeds = new(HeldOutSeeds.First, HeldOutSeeds.First + 199);
    private static readonly Option<SeedRange?> Seeds = CommonOptions.Parsed("--seeds", SeedsOf, $"Clips to render and describe, as FIRST..LAST; default: {DefaultSeeds}, of which no model was trained on any.", "RANGE");
    private static readonly Option<int> Level = ToyboxCommand.Level();
    private static readonly Option<int> Questions = new("--questions") { Description = "The most questions about a clip, one of each type at most.", DefaultValueFactory = _ => 10 };
    private static readonly Option<string?> Model = CommonOptions.Model();
    private static readonly Option<string[]> Lora = LoraOption.Create();
    private static readonly Option<WeightFormat> Weights = CommonOptions.Weights();
    private static readonly Option<int?> Frames = CommonOptions.Frames();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Option<string?> Output = CommonOptions.Output("Write what was said about each clip to this file, JSON lines.");

    public static Command Create()
    {
        var command = new Command("score", "Let a model describe held-out clips and answer questions about them; the truth is the judge.") { Seeds, Level, Questions, Model, Lora, Weights, Frames, Json, Output };
        Examples.Add(command, "kinora toybox score", "kinora toybox score --seeds 900000..900999 --json", "kinora toybox score --level 2 --model runs/toybox/model -o said.jsonl");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var seeds = parsed.GetValue(Seeds) ?? DefaultSeeds;
        var (level, questions) = (parsed.GetValue(Level), parsed.GetValue(Questions));
        if (questions is < 0 or > 10)
        {
            throw new UsageException($"--questions {questions} can't be; give 0 to 10, there are ten types.");
        }

        if (!HeldOutSeeds.All.Contains(seeds.First) || !HeldOutSeeds.All.Contains(seeds.Last))
        {
            Messages.Hint($"Note: some of the seeds {seeds} may have been trained on; {HeldOutSeeds.All} never are.");
        }

        if (seeds.Overlaps(HeldOutSeeds.Judged))
        {
            Messages.Hint($"Note: recipes look at seeds from {HeldOutSeeds.Judged.First} on while they train; tell scores of {HeldOutSeeds.First} and on.");
        }

        if (parsed.GetValue(Output) is { } output)
        {
            OutputFile.Write(output, "");
        }

        var directory = Models.Directory(parsed.GetValue(Model));
        using var planner = new RunPlanner(directory);
        var request = planner.Outline(parsed.GetValue(Weights)).Complete(CommonOptions.Request(parsed.GetValue(Frames), null, null, null));
        using var model = Models.LoadToRun(planner, parsed.GetValue(Weights), request, [], new(), null, cancellation);
        using var adapters = LoraOption.Attach(model, parsed.GetValue(Lora));
        using var folder = new TemporaryFolder();
        var describer = new Describer(model);
        var (results, recall, precision) = (new List<ClipResult>(), 0.0, 0.0);
        try
        {
            await foreach (var (plan, path, frames) in RenderedClips.ReadAsync(folder.Path, seeds, level, request, cancellation).ConfigureAwait(false))
            {
                Take(WorldExam.Take(describer, plan, path, frames, questions, cancellation));
            }
        }
        catch (OperationCanceledException) when (results.Count > 0)
        {
            // What was found until then is worth something too.
        }

        ProgressLine.Clear();
        var score = WorldScore.Of(results);
        if (parsed.GetValue(Json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(WorldScoreText.Json(score, directory, level, seeds with { Last = seeds.First + results.Count - 1 }), WorldScoreText.Format));
        }
        else
        {
            WorldScoreText.Show(score);
        }

        if (results.Count < seeds.Count)
        {
            Messages.Hint($"Stopped after {results.Count} of {seeds.Count} clips; the score is that of these.");
            return ExitCode.Interrupted;
        }

        return ExitCode.Done;

        void Take(ClipResult result)
        {
            results.Add(result);
            if (parsed.GetValue(Output) is { } file)
            {
                OutputFile.Append(file, WorldScoreText.Line(result) + "\n");
            }

            (recall, precision) = (recall + result.Score.Recall, precision + result.Score.Precision);
            ProgressLine.Show(string.Create(CultureInfo.InvariantCulture, $"{results.Count} of {seeds.Count} clips, F1 {ClipScore.Harmonic(recall / results.Count, precision / results.Count):0.000} so far"));
        }
    }

    private static SeedRange? SeedsOf(string text)
        => SeedRange.Parse(text) is { Count: <= MostClips } seeds ? seeds : throw new FormatException($"'{text}' are more than {MostClips} clips; give fewer.");
}
