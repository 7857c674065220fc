using Kinora.Models.Families;
using Kinora.Tensors;
using Kinora.Training.Recipes;
using Kinora.Training.Worlds;

namespace Kinora.Benchmarks;

/// <summary>The stage whose steps are timed, and its samples: those of the middle of the stage, for easy clips become rarer on the way.</summary>
internal static class WorldStage
{
    /// <summary>Steps that aren't timed.</summary>
    public const int WarmUp = 2;

    /// <summary>Reads what <see cref="WorldData"/> has written.</summary>
    public static Recipe Load(string directory) => Recipe.Load(Path.Combine(directory, "recipe.yaml")) with { Model = directory };

    /// <summary>The samples, rendered anew: the same at every call.</summary>
    /// <param name="recipe">The stage.</param>
    /// <param name="model">The model that they are for.</param>
    /// <param name="ahead">Samples that are prepared ahead.</param>
    public static WorldSource Source(Recipe recipe, VisionLanguageModel model, int ahead)
    {
        var samples = recipe.Steps!.Value * recipe.BatchSize;
        return new(recipe.World!, model, recipe.Frames ?? model.DefaultFrames, samples, ahead, CounterRandom.Mix((ulong)recipe.Seed, 0), samples / 2);
    }

    /// <summary>The samples of the next step; the caller's.</summary>
    public static async Task<List<WorldSample>> TakeAsync(WorldSource source, int count)
    {
        var samples = new List<WorldSample>();
        while (samples.Count < count)
        {
            samples.Add((WorldSample)await source.TakeAsync());
        }

        return samples;
    }
}
