using Kinora.Tensors;
using Kinora.Training.Creation;
using Kinora.Training.Exports;
using Kinora.Training.Recipes;
using Kinora.Training.Trainers;
using Kinora.Training.Worlds;

namespace Kinora.Training.Runs;

/// <summary>
/// A run in stages: each is a run of its own in a directory such as <c>2-stills</c>, which begins with the model that the one before left. What is done stays done; a stage that was killed goes on where it was.
/// </summary>
/// <param name="root">The directory of the whole; not owned.</param>
public sealed class StagedRun(RunDirectory root)
{
    // Apart from those of data and dropout.
    private const ulong WeightSeed = 1UL << 32;

    private readonly IReadOnlyList<RecipeStage> stages = root.Recipe.Stages;

    /// <summary>The directories of the stages that a run has begun, in order; none if it is no run in stages.</summary>
    /// <exception cref="RecipeException">The run's recipe is damaged.</exception>
    public static IReadOnlyList<string> Stages(string run)
    {
        var recipe = RunDirectory.RecipeOf(run);
        return recipe is null ? [] : [.. recipe.Stages.Select((stage, number) => PathOf(run, number, stage.Name)).Where(Directory.Exists)];
    }

    /// <summary>The directory of a stage.</summary>
    /// <param name="stage">From 0.</param>
    public string PathOf(int stage) => PathOf(root.Path, stage, stages[stage].Name);

    /// <summary>The first stage that isn't finished, or null if all are.</summary>
    public int? Next()
    {
        for (var stage = 0; stage < stages.Count; stage++)
        {
            if (!Directory.Exists(ModelOf(stage)))
            {
                return stage;
            }
        }

        return null;
    }

    /// <summary>Checks the stages that are still to come: what the last of them would stumble over is said before the first has taken its hours.</summary>
    /// <exception cref="RecipeException">A stage doesn't fit the model.</exception>
    /// <exception cref="Kinora.Models.Checkpoints.CheckpointException">The model can't be read.</exception>
    public void Require()
    {
        if (Next() is not { } next)
        {
            return;
        }

        var model = next > 0 ? ModelOf(next - 1) : First(stages[0].Recipe);
        foreach (var stage in stages.Skip(next))
        {
            try
            {
                ModelSetup.Require(stage.Recipe, model);
            }
            catch (RecipeException error)
            {
                throw new RecipeException($"Stage {stage.Name}: {error.Message}", error);
            }
        }
    }

    /// <summary>Begins a stage, or goes on with it.</summary>
    /// <param name="stage">From 0; those before it are finished.</param>
    /// <exception cref="RunException">Its directory can't be used.</exception>
    /// <exception cref="RecipeException">There is no model to begin with.</exception>
    public RunDirectory Open(int stage)
    {
        var path = PathOf(stage);
        if (RunDirectory.IsRun(path))
        {
            return RunDirectory.Open(path);
        }

        var recipe = stages[stage].Recipe;
        return RunDirectory.Create(path, recipe with { Model = stage > 0 ? Path.GetFullPath(ModelOf(stage - 1)) : First(recipe) });
    }

    /// <summary>Puts the last stage's model where a run's model lies.</summary>
    /// <exception cref="RunException">It can't be copied.</exception>
    public void Finish() => root.Checkpoints.Replace(RunExport.Model, directory =>
    {
        foreach (var file in Directory.EnumerateFiles(ModelOf(stages.Count - 1)))
        {
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
        }
    });

    private static string PathOf(string run, int stage, string name) => Path.Combine(run, $"{stage + 1}-{name}");

    private string ModelOf(int stage) => Path.Combine(PathOf(stage), RunExport.Model);

    private string First(Recipe recipe)
    {
        if (root.Recipe.Create is not { } sizes)
        {
            return root.Recipe.Complete().Stages[0].Recipe.Model!;
        }

        var path = Path.Combine(root.Path, NewModel.Directory);
        if (!Directory.Exists(path))
        {
            root.Checkpoints.Replace(NewModel.Directory, directory => NewModel.Write(directory, sizes, WorldTexts.All(), CounterRandom.Mix((ulong)recipe.Seed, WeightSeed)));
        }

        return Path.GetFullPath(path);
    }
}
