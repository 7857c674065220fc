using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kinora.Cli.Terminal;
using Kinora.Evaluation.Worlds;
using Kinora.Media;
using Kinora.Models.Describing;
using Kinora.Models.Planning;
using Kinora.Models.Weights;
using Kinora.Toybox.Clips;
using Kinora.Toybox.Drawing;
using Kinora.Toybox.Planning;
using Kinora.Toybox.World;

namespace Kinora.Cli.Commands;

/// <summary><c>kinora toybox score</c>: how well a model describes clips of the world that it never saw.</summary>
internal static class ToyboxScoreCommand
{
    private const int MostClips = 100_000;
    private const int Ahead = 4;

    private static readonly (long First, long Last) DefaultSeeds = (HeldOutSeeds.First, HeldOutSeeds.First + 199);
    private static readonly Option<(long First, long Last)?> Seeds = CommonOptions.Parsed("--seeds", SeedsOf, $"Clips to render and describe, as FIRST..LAST; default: {DefaultSeeds.First}..{DefaultSeeds.Last}, of which no model was trained on any.", "RANGE");
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
        var (first, last) = parsed.GetValue(Seeds) ?? DefaultSeeds;
        var (level, questions) = (parsed.GetValue(Level), parsed.GetValue(Questions));
        if (questions is < 0 or > 10)
        {
            throw new UsageException($"--questions {questions} can't be; give 0 to 10, there are ten types.");
        }

        if (!HeldOutSeeds.Overlaps(first, first) || !HeldOutSeeds.Overlaps(last, last))
        {
            Messages.Hint($"Note: some of the seeds {first}..{last} may have been trained on; {HeldOutSeeds.First}..{HeldOutSeeds.Last} never are.");
        }

        if (first > HeldOutSeeds.Last - HeldOutSeeds.JudgedWhileTraining || last > HeldOutSeeds.Last - HeldOutSeeds.JudgedWhileTraining)
        {
            Messages.Hint($"Note: recipes look at seeds from {HeldOutSeeds.Last - HeldOutSeeds.JudgedWhileTraining + 1} on while they train; tell scores of {HeldOutSeeds.First} and on.");
        }

        if (parsed.GetValue(Output) is { } output)
        {
            OutputFile.Write(output, "");
        }

        var directory = Models.Directory(parsed.GetValue(Model));
        using var planner = new RunPlanner(directory);
        var request = CommonOptions.Request(parsed.GetValue(Frames), null, null, null).WithDefault(planner.Outline(parsed.GetValue(Weights)).DefaultFrames);
        using var model = Models.LoadToRun(planner, parsed.GetValue(Weights), request, [], new(), null, cancellation);
        using var adapters = LoraOption.Attach(model, parsed.GetValue(Lora));
        var results = new List<ClipResult>();
        try
        {
            await DescribeAsync(new Describer(model), request, first, (int)(last - first + 1), level, questions, Take, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (results.Count > 0)
        {
            // What was found until then is worth something too.
        }

        ProgressLine.Clear();
        var score = WorldScore.Of(results);
        if (parsed.GetValue(Json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(WorldScoreText.Json(score, directory, level, first, first + results.Count - 1), WorldScoreText.Format));
        }
        else
        {
            WorldScoreText.Show(score);
        }

        if (results.Count <= last - first)
        {
            Messages.Hint($"Stopped after {results.Count} of {last - first + 1} clips; the score is that of these.");
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

            ProgressLine.Show(string.Create(CultureInfo.InvariantCulture, $"{results.Count} of {last - first + 1} clips, F1 {WorldScore.Of(results).F1:0.000} so far"));
        }
    }

    /// <summary>Clips are rendered, encoded and decoded a few ahead of the one that is described.</summary>
    private static async Task DescribeAsync(Describer describer, FrameRequest request, long first, int count, int level, int questions, Action<ClipResult> take, CancellationToken cancellation)
    {
        using var folder = new TemporaryFolder();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (writer, media) = (new ClipWriter(new ClipRenderer()), new MediaReader());
        var begun = new Queue<Task<(ClipPlan Plan, string Path, Clip Frames)>>();
        try
        {
            for (var number = 0; number < count; number++)
            {
                while (begun.Count < Ahead && number + begun.Count < count)
                {
                    var seed = first + number + begun.Count;
                    begun.Enqueue(Task.Run(() => ReadAsync(seed), ended.Token));
                }

                var (plan, path, frames) = await begun.Dequeue().ConfigureAwait(false);
                take(WorldExam.Take(describer, plan, path, frames, questions, cancellation));
                File.Delete(path);
            }
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            foreach (var task in begun)
            {
                await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        async Task<(ClipPlan, string, Clip)> ReadAsync(long seed)
        {
            var (plan, path) = (ClipPlanner.Plan(seed, level), Path.Combine(folder.Path, $"{seed}.mp4"));
            await writer.WriteVideoAsync(plan, path, ended.Token).ConfigureAwait(false);
            return (plan, path, await media.ReadAsync(path, request, cancellationToken: ended.Token).ConfigureAwait(false));
        }
    }

    private static (long First, long Last)? SeedsOf(string text)
    {
        var parts = text.Split("..");
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? last < first ? throw new FormatException($"'{text}' ends before it begins; write FIRST..LAST, as in 900000..900999.")
                : last - first >= MostClips ? throw new FormatException($"'{text}' are more than {MostClips} clips; give fewer.") : (first, last)
            : throw new FormatException($"'{text}' is no range of seeds; write FIRST..LAST, as in 900000..900999.");
    }
}
