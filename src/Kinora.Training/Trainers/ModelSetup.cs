using Kinora.Models.Families;
using Kinora.Tensors;
using Kinora.Training.Optimization;
using Kinora.Training.Recipes;
using Kinora.Training.Worlds;

namespace Kinora.Training.Trainers;

/// <summary>Loads the model that a recipe trains.</summary>
public static class ModelSetup
{
    /// <summary>Loads a model with the parts that the recipe lets learn.</summary>
    /// <param name="recipe">The recipe; names a model.</param>
    /// <param name="cancellation">Ends loading.</param>
    /// <exception cref="Kinora.Models.Checkpoints.CheckpointException">The checkpoint can't be loaded.</exception>
    /// <exception cref="RecipeException">A rule or a target that fits nothing, or nothing that learns.</exception>
    public static TrainableModel Load(Recipe recipe, CancellationToken cancellation = default)
    {
        var unused = recipe.Train.ToHashSet();
        var directory = recipe.Complete().Model!;
        try
        {
            var trainable = TrainableModel.Load(directory, (model, name, tensor) => Choose(recipe, unused, model.TowerLayers, name, tensor.Shape), LoraOf(recipe), besides: model => WorldHeads.Parameters(recipe, model), cancellation: cancellation);
            if (recipe.Frames is { } frames)
            {
                trainable.Model.Apply(trainable.Model.Settings with { Frames = frames });
            }

            try
            {
                return unused.Count > 0
                    ? throw Unused(unused.First(), directory, trainable.Model)
                    : trainable.Store.Values == 0 ? throw new RecipeException("The recipe lets nothing learn; name parameters under 'train', or 'lora'") : trainable;
            }
            catch
            {
                trainable.Dispose();
                throw;
            }
        }
        catch (ArgumentException error) when (recipe.Lora is not null)
        {
            throw new RecipeException(error.Message, error);
        }
    }

    /// <summary>Checks that a recipe's rules fit a model, without loading its weights.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="directory">The model.</param>
    /// <exception cref="Kinora.Models.Checkpoints.CheckpointException">The checkpoint can't be read.</exception>
    /// <exception cref="RecipeException">A rule that fits nothing, or frames that the model has no room for.</exception>
    public static void Require(Recipe recipe, string directory)
    {
        using var outline = ModelLoader.Outline(directory);
        var unused = recipe.Train.ToHashSet();
        foreach (var (name, tensor) in outline.Weights.Taken)
        {
            Choose(recipe, unused, outline.TowerLayers, name, tensor.Shape);
        }

        if (unused.Count > 0)
        {
            throw Unused(unused.First(), directory, outline);
        }

        WorldHeads.Parameters(recipe, outline);
        WorldSource.Require(recipe, outline);
    }

    private static RecipeException Unused(ParameterRule rule, string directory, VisionLanguageModel model)
        => new($"The recipe's rule '{rule.Parameters}' names no parameter of {directory} that the rules before it leave; parameters are called, for instance, {string.Join(", ", model.Weights.Taken.Keys.Where((_, i) => i % 40 == 0).Take(4))}");

    private static ParameterSettings? Choose(Recipe recipe, HashSet<ParameterRule> unused, int towerLayers, string name, Shape shape)
    {
        if (recipe.RuleFor(name) is not { } rule)
        {
            return null;
        }

        unused.Remove(rule);
        var rate = (rule.LearningRate ?? recipe.Optimizer.LearningRate) * LayerwiseDecay.Factor(name, towerLayers, recipe.TowerLayerDecay);
        return new(name, shape, rate, shape.Rank < 2 ? 0 : rule.WeightDecay ?? recipe.Optimizer.WeightDecay)
        {
            Optimizer = shape.Rank < 2 ? OptimizerKind.AdamW : rule.Optimizer,
        };
    }

    private static LoraSettings? LoraOf(Recipe recipe) => recipe.Lora is not { } lora ? null : new()
    {
        Rank = lora.Rank,
        Alpha = lora.Alpha,
        Targets = lora.Targets,
        Dropout = lora.Dropout,
        LearningRate = lora.LearningRate ?? recipe.Optimizer.LearningRate,
        WeightDecay = recipe.Optimizer.WeightDecay,
        Seed = (ulong)recipe.Seed,
    };
}
