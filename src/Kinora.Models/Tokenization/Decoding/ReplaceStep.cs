namespace Kinora.Models.Tokenization.Decoding;

/// <summary>Replaces a text within each piece.</summary>
internal sealed class ReplaceStep(string pattern, string content, string path) : DecoderStep
{
    // Steps that each lengthen what the one before gave would multiply without end.
    private const int Longest = 1 << 20;

    public override void Push(string piece)
    {
        var replaced = piece.Replace(pattern, content, StringComparison.Ordinal);
        Pass(replaced.Length <= Math.Max(Longest, piece.Length) ? replaced : throw new TokenizerException(path, $"its decoder makes {replaced.Length} characters of one token; expected at most {Longest}, fetch the file again"));
    }
}
