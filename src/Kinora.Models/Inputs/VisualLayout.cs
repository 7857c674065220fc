namespace Kinora.Models.Inputs;

/// <summary>How the visual part of a prompt is laid out; follows from the sizes of its pictures alone.</summary>
/// <param name="Items">What the placeholders stand for, in order.</param>
/// <param name="Units">What tower and connector take, in order.</param>
public sealed record VisualLayout(IReadOnlyList<VisualItem> Items, IReadOnlyList<VisualUnit> Units)
{
    /// <summary>No pictures.</summary>
    public static VisualLayout None { get; } = new([], []);

    /// <summary>Places in the decoder's sequence.</summary>
    public int Tokens { get; } = Items.Sum(item => item.Tokens);

    /// <summary>Entries of the first axis of the pixels.</summary>
    public int PixelRows { get; } = Units.Sum(unit => unit.PixelRows);

    /// <summary>Several one behind the other.</summary>
    public static VisualLayout Join(IEnumerable<VisualLayout> layouts)
    {
        var all = layouts.ToList();
        return new([.. all.SelectMany(layout => layout.Items)], [.. all.SelectMany(layout => layout.Units)]);
    }
}
