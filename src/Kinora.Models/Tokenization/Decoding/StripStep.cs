using System.Text;

namespace Kinora.Models.Tokenization.Decoding;

/// <summary>Takes a few copies of a character off the start and end: of each piece, or of the whole text where the pieces were fused before.</summary>
internal sealed class StripStep(char content, int start, int stop, bool fused) : DecoderStep
{
    private readonly StringBuilder held = new();
    private int taken;

    public override void Push(string piece)
    {
        if (!fused)
        {
            taken = 0;
        }

        var cut = 0;
        while (cut < start - taken && cut < piece.Length && piece[cut] == content)
        {
            cut++;
        }

        taken = cut < piece.Length ? start : taken + cut;
        held.Append(piece, cut, piece.Length - cut);
        if (!fused)
        {
            Release(atEnd: true);
            return;
        }

        Release(atEnd: false);
    }

    public override void Finish()
    {
        Release(atEnd: true);
        base.Finish();
    }

    // Copies at the end may have to go, so they wait until something else follows.
    private void Release(bool atEnd)
    {
        var kept = held.Length;
        while (kept > 0 && held.Length - kept < stop && held[kept - 1] == content)
        {
            kept--;
        }

        Pass(held.ToString(0, kept));
        held.Remove(0, atEnd ? held.Length : kept);
    }
}
