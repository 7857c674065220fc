namespace Kinora.Models.Tokenization.Decoding;

/// <summary>Puts a blank between pieces: what happens when a file names no decoder.</summary>
internal sealed class JoinStep : DecoderStep
{
    private bool first = true;

    public override void Push(string piece)
    {
        Pass(first ? piece : " " + piece);
        first = false;
    }
}
