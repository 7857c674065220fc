namespace Kinora.Models.Tokenization.Decoding;

/// <summary>Turns sentencepiece's mark back into blanks; in the first piece it was put in front and is dropped.</summary>
internal sealed class MetaspaceStep(char mark, bool dropsFirst) : DecoderStep
{
    private bool first = true;

    public override void Push(string piece)
    {
        var text = first && dropsFirst ? piece.Replace(mark.ToString(), "", StringComparison.Ordinal) : piece.Replace(mark, ' ');
        first = false;
        Pass(text);
    }
}
