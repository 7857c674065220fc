namespace Kinora.Models.Tokenization.Decoding;

/// <summary>Replaces a text within each piece.</summary>
internal sealed class ReplaceStep(string pattern, string content) : DecoderStep
{
    public override void Push(string piece) => Pass(piece.Replace(pattern, content, StringComparison.Ordinal));
}
