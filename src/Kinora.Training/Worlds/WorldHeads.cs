using Kinora.Models.Families;
using Kinora.Tensors;
using Kinora.Training.Optimization;
using Kinora.Training.Recipes;

namespace Kinora.Training.Worlds;

/// <summary>Throw-away heads: what a tower and a decoder should know of the world is read off their rows by linear layers, which are no part of the model that comes out.</summary>
internal sealed class WorldHeads
{
    private const string Tower = "heads.tower.";
    private const string Motion = "heads.motion.";
    private const float Epsilon = 1e-5f;

    private readonly ParameterStore store;

    public WorldHeads(ParameterStore store) => this.store = store;

    /// <summary>
    /// The block of the decoder behind which motion is read off, from 0: with the first, a patch can find itself one frame back; with the second, say what is different.
    /// The last block computes no rows of patches.
    /// </summary>
    public static int MotionBlock(VisionLanguageModel model) => Math.Min(1, model.Decoder.Config.Layers - 2);

    /// <summary>What the heads of a recipe learn with.</summary>
    /// <exception cref="RecipeException">The decoder is too small for the motion head.</exception>
    public static IEnumerable<ParameterSettings> Parameters(Recipe recipe, VisionLanguageModel model)
    {
        if (recipe.World is { MotionLoss: 0, Lessons.Motions: > 0 } or { TowerLoss: 0, Lessons.Frames: > 0 })
        {
            throw new RecipeException("The recipe's world.lessons has frames or motions, of which nothing but heads learns, but their head is off; set world.tower_loss (for frames) or world.motion_loss (for motions) above 0");
        }

        if (recipe.World is { MotionLoss: > 0 } && MotionBlock(model) < 0)
        {
            throw new RecipeException("The recipe's world.motion_loss needs a decoder of at least two blocks, and this one has a single block; set it to 0");
        }

        var (vision, hidden) = (model.TowerWidth, model.Decoder.Config.HiddenSize);
        (string Name, Shape Shape)[] tower =
        [
            ($"{Tower}norm", new(vision)),
            ($"{Tower}kind", new(PatchTargets.Kinds, vision)),
            ($"{Tower}colour", new(PatchTargets.Colours, vision)),
            ($"{Tower}place", new(PatchTargets.PlaceNumbers, vision)),
            ($"{Tower}scene", new(PatchTargets.Scenes, vision)),
            ($"{Tower}view", new(PatchTargets.ViewNumbers, vision)),
        ];
        (string Name, Shape Shape)[] motion = [($"{Motion}norm", new(hidden)), ($"{Motion}change", new(PatchTargets.MotionNumbers, hidden))];
        return [.. (recipe.World is { TowerLoss: > 0 } ? tower : []).Concat(recipe.World is { MotionLoss: > 0 } ? motion : []).Select(entry => new ParameterSettings(entry.Name, entry.Shape, recipe.Optimizer.LearningRate, 0))];
    }

    /// <summary>Norms begin as ones; all else as zeros, from which a linear layer learns as well.</summary>
    public static void Begin(ParameterStore store)
    {
        foreach (var parameter in store.Parameters)
        {
            if (parameter.Settings.Name is $"{Tower}norm" or $"{Motion}norm")
            {
                parameter.Weights.AsSpan().Fill(1);
            }
        }
    }

    /// <summary>The tower's head on features [frames * patches, vision]; while recording, its gradients are seeded.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="features">The features.</param>
    /// <param name="targets">What they should tell.</param>
    /// <param name="counts">What the step has of each.</param>
    /// <param name="weight">What the loss counts.</param>
    /// <param name="tally">Gets the losses.</param>
    public void LearnTower(TensorOperations operations, Tensor features, IReadOnlyList<PatchTargets> targets, WorldCounts counts, double weight, WorldTally tally)
    {
        var x = operations.RmsNorm(features, Home($"{Tower}norm"), Epsilon);
        int[] kinds = [.. targets.SelectMany(target => target.Kind)], colours = [.. targets.SelectMany(target => target.Colour)];
        Classify(operations, x, $"{Tower}kind", kinds, weight / counts.Patches, tally.Kind);
        Classify(operations, x, $"{Tower}colour", colours, 0.5 * weight / Math.Max(1, counts.Coloured), tally.Colour);
        var places = Rows(kinds, kind => kind != PatchTargets.Kinds - 1);
        float[] place = [.. targets.SelectMany(target => target.Place)];
        Regress(operations, x, $"{Tower}place", places, row => place.AsSpan(row * PatchTargets.PlaceNumbers, PatchTargets.PlaceNumbers), weight / Math.Max(1, counts.Toys), tally.Place);

        var frames = targets.Sum(target => target.Frames);
        var mean = operations.Mean(operations.Reshape(x, new Shape(frames, targets[0].Patches, x.Shape.Last)), 1);
        int[] scenes = [.. targets.SelectMany(target => target.Scene)];
        float[] view = [.. targets.SelectMany(target => target.View)];
        mean = operations.Reshape(mean, new Shape(frames, x.Shape.Last));
        Classify(operations, mean, $"{Tower}scene", scenes, weight / counts.Frames, tally.Scene);
        Regress(operations, mean, $"{Tower}view", [.. Enumerable.Range(0, frames)], row => view.AsSpan(row * PatchTargets.ViewNumbers, PatchTargets.ViewNumbers), weight / counts.Frames, tally.View);
    }

    /// <summary>The motion head on the decoder's rows.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="stream">[rows, hidden].</param>
    /// <param name="rows">The rows of patches that have a toy and a frame before them.</param>
    /// <param name="motion">Their numbers, one row behind the other.</param>
    /// <param name="factor">What each patch counts.</param>
    /// <param name="tally">Gets the losses.</param>
    public void LearnMotion(TensorOperations operations, Tensor stream, int[] rows, float[] motion, double factor, WorldTally tally)
    {
        if (rows.Length == 0)
        {
            return;
        }

        var x = operations.RmsNorm(operations.Embed(rows, stream), Home($"{Motion}norm"), Epsilon);
        var place = 0;
        Regress(operations, x, $"{Motion}change", [.. Enumerable.Range(0, rows.Length)], _ => motion.AsSpan(PatchTargets.MotionNumbers * place++, PatchTargets.MotionNumbers), factor, tally.Motion);
    }

    private void Classify(TensorOperations operations, Tensor x, string head, int[] labels, double factor, Mean mean)
    {
        var rows = Rows(labels, label => label != PatchTargets.None);
        if (rows.Length == 0)
        {
            return;
        }

        int[] wanted = [.. rows.Select(row => labels[row])];
        var (losses, factors) = (new float[rows.Length], new float[rows.Length]);
        Array.Fill(factors, (float)factor);
        operations.CrossEntropy(rows.Length == labels.Length ? x : operations.Embed(rows, x), Home(head), wanted, losses, factors);
        mean.Add(losses.Sum(loss => (double)loss), rows.Length);
    }

    /// <summary>Squared errors, summed over the numbers of a row; their gradients are seeded.</summary>
    private void Regress(TensorOperations operations, Tensor x, string head, int[] rows, RowOf targets, double factor, Mean mean)
    {
        if (rows.Length == 0)
        {
            return;
        }

        var y = operations.Linear(rows.Length == x.Shape.Rows ? x : operations.Embed(rows, x), Home(head));
        var gradient = operations.New(y.Shape.Rows, y.Shape.Last);
        var sum = 0.0;
        for (var row = 0; row < rows.Length; row++)
        {
            var made = y.Row(row);
            var wanted = targets(rows[row]);
            var slope = gradient.Row(row);
            for (var i = 0; i < made.Length; i++)
            {
                var error = made[i] - wanted[i];
                sum += error * error;
                slope[i] = (float)(2 * factor * error);
            }
        }

        operations.Seed(y, gradient);
        mean.Add(sum, rows.Length);
    }

    private static int[] Rows(int[] labels, Func<int, bool> counts) => [.. Enumerable.Range(0, labels.Length).Where(row => counts(labels[row]))];

    private Tensor Home(string name) => store.Home(name)!;

    private delegate ReadOnlySpan<float> RowOf(int row);
}
