namespace Kinora.Models.Tokenization.Splitting;

/// <summary>GPT-2's way: text is cut by a fixed pattern, then every byte of its UTF-8 form is shown as one visible character.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixBlank, UnicodePattern? pattern) : PreTokenizer
{
    /// <summary>The pattern that belongs to GPT-2.</summary>
    public const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private readonly SplitPreTokenizer? splitter = pattern is null ? null : new(pattern, SplitBehavior.Isolated, invert: false);

    public override void Split(Piece piece, List<Piece> pieces)
    {
        if (addPrefixBlank && !piece.Text.StartsWith(' '))
        {
            piece = piece with { Text = " " + piece.Text };
        }

        var first = pieces.Count;
        if (splitter is null)
        {
            pieces.Add(piece);
        }
        else
        {
            splitter.Split(piece, pieces);
        }

        for (var index = first; index < pieces.Count; index++)
        {
            pieces[index] = pieces[index] with { Text = ByteAlphabet.Show(pieces[index].Text) };
        }
    }
}
