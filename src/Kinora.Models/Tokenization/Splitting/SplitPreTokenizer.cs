namespace Kinora.Models.Tokenization.Splitting;

/// <summary>Cuts text at the matches of a pattern.</summary>
internal sealed class SplitPreTokenizer(UnicodePattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    public override void Split(Piece piece, List<Piece> pieces)
    {
        var parts = new List<(int Start, int Stop, bool Match)>();
        var done = 0;
        foreach (var (start, length) in pattern.Matches(piece.Text))
        {
            Add(done, start, invert);
            Add(start, start + length, !invert);
            done = start + length;
        }

        Add(done, piece.Text.Length, invert);
        foreach (var (start, stop) in Merge(parts))
        {
            pieces.Add(new Piece(piece.Text[start..stop], piece.AtStart && start == 0));
        }

        void Add(int start, int stop, bool match)
        {
            if (stop > start)
            {
                parts.Add((start, stop, match));
            }
        }
    }

    private IEnumerable<(int Start, int Stop)> Merge(List<(int Start, int Stop, bool Match)> parts)
    {
        for (var index = 0; index < parts.Count; index++)
        {
            var (start, stop, match) = parts[index];
            if (match && behavior == SplitBehavior.Removed)
            {
                continue;
            }

            while (index + 1 < parts.Count && behavior switch
            {
                SplitBehavior.Contiguous => parts[index].Match == parts[index + 1].Match,
                SplitBehavior.MergedWithPrevious => !parts[index].Match && parts[index + 1].Match,
                SplitBehavior.MergedWithNext => parts[index].Match && !parts[index + 1].Match,
                _ => false,
            })
            {
                stop = parts[++index].Stop;
            }

            yield return (start, stop);
        }
    }
}
