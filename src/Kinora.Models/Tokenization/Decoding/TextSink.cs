using System.Text;

namespace Kinora.Models.Tokenization.Decoding;

/// <summary>The end of a chain of decoder steps: collects the text.</summary>
internal sealed class TextSink : DecoderStep
{
    private readonly StringBuilder text = new();

    public override void Push(string piece) => text.Append(piece);

    public override void Finish()
    {
    }

    /// <summary>The text since the last call.</summary>
    public string Take()
    {
        var taken = text.ToString();
        text.Clear();
        return taken;
    }
}
