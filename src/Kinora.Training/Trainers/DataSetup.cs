using Kinora.Training.Data;
using Kinora.Training.Recipes;

namespace Kinora.Training.Trainers;

/// <summary>The data files of a recipe and their order.</summary>
internal sealed class DataSetup : IDisposable
{
    private DataSetup(IReadOnlyList<TrainingFile> files, DatasetMix mix) => (Files, Mix) = (files, mix);

    public IReadOnlyList<TrainingFile> Files { get; }

    public DatasetMix Mix { get; }

    /// <summary>Opens the files.</summary>
    /// <exception cref="TrainingDataException">A file that can't be read or has no record.</exception>
    /// <exception cref="RecipeException">Weights for some files only.</exception>
    public static DataSetup Open(IReadOnlyList<DataSource> sources, ulong seed, CancellationToken cancellation)
    {
        var files = new List<TrainingFile>();
        try
        {
            foreach (var source in sources)
            {
                files.Add(TrainingFile.Open(source.Path, source.Media, source.Format, cancellation));
            }

            var weights = sources.Where(source => source.Weight is not null).ToList();
            if (weights.Count > 0 && weights.Count < sources.Count)
            {
                throw new RecipeException($"The recipe gives {weights.Count} of its {sources.Count} data files a 'weight'; give all of them one, or none");
            }

            return new(files, new DatasetMix([.. files.Select(file => file.Count)], weights.Count == 0 ? null : [.. sources.Select(source => source.Weight!.Value)], seed));
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>What is kept of a record from one time to the next goes by its file and number: one file's records can't have two kinds of pictures.</summary>
    /// <exception cref="RecipeException">A file is named twice, with different media folders.</exception>
    public static void RequireOneMediaFolder(Recipe recipe)
    {
        foreach (var same in recipe.Data.Concat(recipe.Validation.Data).GroupBy(source => source.Path))
        {
            if (same.Select(source => source.Media).Distinct().Count() > 1)
            {
                throw new RecipeException($"The recipe names the data file {same.Key} with different 'media' folders; copy the file under another name for the second one");
            }
        }
    }

    public void Dispose()
    {
        foreach (var file in Files)
        {
            file.Dispose();
        }
    }
}
