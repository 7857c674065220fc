namespace Kinora.Models.Tokenization.Splitting;

/// <summary>Turns blanks into a visible mark, as sentencepiece does.</summary>
internal sealed class MetaspacePreTokenizer(char mark, PrependScheme scheme, bool split) : PreTokenizer
{
    public override void Split(Piece piece, List<Piece> pieces)
    {
        var text = piece.Text.Replace(' ', mark);
        if ((scheme == PrependScheme.Always || (scheme == PrependScheme.First && piece.AtStart)) && text.Length > 0 && text[0] != mark)
        {
            text = mark + text;
        }

        if (!split)
        {
            pieces.Add(piece with { Text = text });
            return;
        }

        // Every mark begins a new piece.
        for (var start = 0; start < text.Length;)
        {
            var next = text.IndexOf(mark, start + 1);
            var stop = next < 0 ? text.Length : next;
            pieces.Add(new Piece(text[start..stop], piece.AtStart && start == 0));
            start = stop;
        }
    }
}
