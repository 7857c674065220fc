namespace Kinora.Models.Tokenization.Formats;

/// <summary>The special tokens around a text.</summary>
/// <param name="Before">Ids in front.</param>
/// <param name="After">Ids behind.</param>
internal sealed record Template(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    /// <summary>Whether it adds nothing.</summary>
    public bool IsEmpty => Before.Count + After.Count == 0;

    public static Template Empty { get; } = new([], []);
}
