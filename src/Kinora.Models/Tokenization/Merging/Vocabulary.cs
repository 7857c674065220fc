namespace Kinora.Models.Tokenization.Merging;

/// <summary>The pieces of a model and their ids.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> spans;

    /// <summary>Takes pieces whose ids are unique.</summary>
    public Vocabulary(Dictionary<string, int> ids)
    {
        this.ids = ids;
        spans = ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IReadOnlyDictionary<string, int> Ids => ids;

    public bool TryFind(ReadOnlySpan<char> piece, out int id) => spans.TryGetValue(piece, out id);
}
