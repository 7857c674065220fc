using System.Globalization;
using System.Text;

namespace Kinora.Models.Tokenization.Splitting;

/// <summary>Cuts numerals (categories Nd, Nl and No) from other text: each by itself, or runs of them.</summary>
internal sealed class DigitsPreTokenizer(bool individual) : PreTokenizer
{
    public override void Split(Piece piece, List<Piece> pieces)
    {
        int start = 0, at = 0;
        bool? before = null;
        foreach (var rune in piece.Text.EnumerateRunes())
        {
            var digit = Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
            if (before is { } other && (other != digit || (digit && individual)))
            {
                Cut(at);
            }

            before = digit;
            at += rune.Utf16SequenceLength;
        }

        Cut(at);

        void Cut(int stop)
        {
            if (stop > start)
            {
                pieces.Add(new Piece(piece.Text[start..stop], piece.AtStart && start == 0));
                start = stop;
            }
        }
    }
}
