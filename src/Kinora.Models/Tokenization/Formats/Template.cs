namespace Kinora.Models.Tokenization.Formats;

/// <summary>The special tokens around a text.</summary>
/// <param name="Before">Ids in front.</param>
/// <param name="After">Ids behind.</param>
internal sealed record Template(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    public static Template Empty { get; } = new([], []);
}
