using Kinora.Training.Data;

namespace Kinora.Training.Recipes;

/// <summary>A data file of a recipe.</summary>
/// <param name="Path">The file.</param>
public sealed record DataSource(string Path)
{
    /// <summary>How its records are written; null: as the first ones show.</summary>
    public DataFormat? Format { get; init; }

    /// <summary>Where relative paths of pictures and videos start; null: the file's own folder.</summary>
    public string? Media { get; init; }

    /// <summary>How often its turn comes, in proportion to the others' weights; null in all files: every record once per epoch.</summary>
    public double? Weight { get; init; }
}
