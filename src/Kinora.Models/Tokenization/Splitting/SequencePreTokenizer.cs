namespace Kinora.Models.Tokenization.Splitting;

/// <summary>One pre-tokeniser after the other, each on the pieces of the one before.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<PreTokenizer> steps) : PreTokenizer
{
    public override void Split(Piece piece, List<Piece> pieces)
    {
        List<Piece> current = [piece];
        foreach (var step in steps)
        {
            var next = new List<Piece>(current.Count);
            foreach (var part in current)
            {
                step.Split(part, next);
            }

            current = next;
        }

        pieces.AddRange(current);
    }
}
