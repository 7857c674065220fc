using Kinora.Models.Tokenization.Decoding;

namespace Kinora.Models.Tokenization;

/// <summary>Turns ids into text one by one; what it gives, joined, is the text without special tokens, before any tidying of blanks.</summary>
/// <remarks>
/// Bytes of a character wait until it is complete. There is one case where the whole text can differ: a tokenizer with byte pieces
/// replaces a run of them that is no valid UTF-8 as a whole, and a stream may have shown its first characters by then.
/// </remarks>
public sealed class StreamingDecoder
{
    private readonly Tokenizer tokenizer;
    private readonly DecoderStep first;
    private readonly TextSink sink;

    internal StreamingDecoder(Tokenizer tokenizer, DecoderPlan plan)
    {
        this.tokenizer = tokenizer;
        (first, sink) = plan.Start(streaming: true);
    }

    /// <summary>Takes the next id and gives the text that became certain; empty for special tokens and ids that stand for nothing.</summary>
    public string Push(int id)
    {
        if (tokenizer.TokenOf(id) is not { } token || tokenizer.IsSpecial(id))
        {
            return "";
        }

        first.Push(token);
        return sink.Take();
    }

    /// <summary>Gives what is left: an unfinished character becomes U+FFFD. Call it once, at the end.</summary>
    public string Finish()
    {
        first.Finish();
        return sink.Take();
    }
}
