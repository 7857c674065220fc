using Kinora.Evaluation.Worlds;
using Kinora.Media;
using Kinora.Models.Families;
using Kinora.Models.Generation;
using Kinora.Tensors;
using Kinora.Toybox.Planning;
using Kinora.Toybox.World;
using Kinora.Training.Recipes;
using Kinora.Training.Trainers;

namespace Kinora.Training.Worlds;

/// <summary>Lets a model that is being trained describe rendered clips that it isn't trained on, and answer questions about them, without a video file between.</summary>
internal static class WorldJudge
{
    private const int QuestionsOfAClip = 4;

    /// <summary>Judges greedily.</summary>
    /// <param name="model">The model.</param>
    /// <param name="world">How many clips of which levels.</param>
    /// <param name="frames">Frames of a clip.</param>
    /// <param name="progress">Told how many clips are done.</param>
    /// <param name="cancellation">Ends it between two tokens.</param>
    /// <returns>Recall, precision, F1 and the share of right answers; no loss.</returns>
    public static StepResult Of(VisionLanguageModel model, WorldSection world, int frames, Action<int> progress, CancellationToken cancellation)
    {
        var (pixels, results, tokens) = (new WorldPixels(model), new List<ClipResult>(), 0L);
        double[] levels = [.. world.FinalLevels];
        using var session = new Session(model);
        for (var number = 0; number < world.JudgedClips; number++)
        {
            var seed = HeldOutSeeds.Judged.First + number;
            var plan = ClipPlanner.Plan(seed, 1 + new CounterRandom((ulong)seed).Weighted(levels));
            using var input = pixels.Clean(plan, TarsierIndices.Choose(plan.Frames, frames, ClipPlan.FramesPerSecond));
            using var visual = session.Encode(input, cancellation: cancellation);
            results.Add(WorldExam.Take(plan, QuestionsOfAClip, Ask));

            progress(number + 1);

            string Ask(string prompt)
            {
                session.Rewind(0, 0);
                session.Read(model.Expand(model.Tokenize(model.FirstPrompt(prompt, [new(frames, ClipPlan.Side, ClipPlan.Side, frames > 1)]), begins: true), input.Layout), visual, cancellation: cancellation);
                tokens += session.Length;
                return TextGenerator.Generate(session, new GenerationOptions { EndIds = model.EndIds, MaxNewTokens = WorldExam.MostTokens }, cancellation: cancellation).Text;
            }
        }

        var score = WorldScore.Of(results);
        return new(double.NaN, tokens, 0)
        {
            Parts = new SortedDictionary<string, double>(StringComparer.Ordinal) { ["recall"] = score.Recall, ["precision"] = score.Precision, ["f1"] = score.F1, ["answers"] = score.Questions.Value },
        };
    }
}
