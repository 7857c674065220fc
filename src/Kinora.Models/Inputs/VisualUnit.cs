namespace Kinora.Models.Inputs;

/// <summary>The smallest part of the visual input that tower and connector can take without the rest: a frame, a slice, a tiled picture, a whole video that is pooled over time.</summary>
public record VisualUnit
{
    /// <summary>Entries of the first axis of the pixels.</summary>
    public required int PixelRows { get; init; }

    /// <summary>Rows inside the tower.</summary>
    public required int TowerRows { get; init; }

    /// <summary>Rows of features that the tower gives.</summary>
    public required int FeatureRows { get; init; }

    /// <summary>Places in the decoder's sequence.</summary>
    public required int Tokens { get; init; }

    /// <summary>Equal parts that the tower, but not the connector, can take one by one: the frames of a pooled video, the tiles of a picture.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>Places in the decoder's sequence that some units take.</summary>
    public static int TokensOf(IReadOnlyList<VisualUnit> units)
    {
        ArgumentNullException.ThrowIfNull(units);
        var tokens = 0;
        for (var i = 0; i < units.Count; i++)
        {
            tokens += units[i].Tokens;
        }

        return tokens;
    }

    /// <summary>Some of the parts, for the tower.</summary>
    internal VisualUnit Some(int parts) => this with
    {
        PixelRows = PixelRows / Parts * parts,
        TowerRows = TowerRows / Parts * parts,
        FeatureRows = FeatureRows / Parts * parts,
        Parts = parts,
    };
}
