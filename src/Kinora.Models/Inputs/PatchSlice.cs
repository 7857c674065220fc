namespace Kinora.Models.Inputs;

/// <summary>One step of time of a picture or video, as patches on a grid of any size; patches that become one token stand together.</summary>
public sealed record PatchSlice : VisualUnit
{
    /// <summary>Patches along the height.</summary>
    public required int Rows { get; init; }

    /// <summary>Patches along the width.</summary>
    public required int Columns { get; init; }

    /// <summary>A slice.</summary>
    /// <param name="rows">Patches along the height.</param>
    /// <param name="columns">Patches along the width.</param>
    /// <param name="merge">Patches along each side of what becomes one token.</param>
    public static PatchSlice Of(int rows, int columns, int merge)
    {
        var patches = checked(rows * columns);
        return new() { Rows = rows, Columns = columns, PixelRows = patches, TowerRows = patches, FeatureRows = patches, Tokens = patches / (merge * merge) };
    }

    /// <summary>Where on the grid each patch lies, in the order of the pixels.</summary>
    /// <param name="merge">Patches along each side of what becomes one token.</param>
    /// <param name="rows">Receives the row of each patch.</param>
    /// <param name="columns">Receives the column of each patch.</param>
    public void Places(int merge, Span<int> rows, Span<int> columns)
    {
        var groups = Columns / merge;
        for (var patch = 0; patch < FeatureRows; patch++)
        {
            var (group, place) = (patch / (merge * merge), patch % (merge * merge));
            rows[patch] = (group / groups * merge) + (place / merge);
            columns[patch] = (group % groups * merge) + (place % merge);
        }
    }
}
