using System.Text;
using Kinora.Models.Tokenization.Splitting;

namespace Kinora.Models.Tokenization.Decoding;

/// <summary>Joins the bytes that the pieces stand for and reads them as UTF-8; each longest broken part becomes one U+FFFD.</summary>
internal sealed class ByteLevelStep : DecoderStep
{
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();

    public override void Push(string piece) => Convert(ByteAlphabet.Bytes(piece), flush: false);

    public override void Finish()
    {
        Convert([], flush: true);
        base.Finish();
    }

    private void Convert(byte[] bytes, bool flush)
    {
        var characters = new char[decoder.GetCharCount(bytes, flush)];
        decoder.GetChars(bytes, characters, flush);
        Pass(new string(characters));
    }
}
