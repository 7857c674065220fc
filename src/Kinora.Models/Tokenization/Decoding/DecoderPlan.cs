namespace Kinora.Models.Tokenization.Decoding;

/// <summary>The steps of a tokenizer's decoder, from which a fresh chain is made for each text.</summary>
/// <param name="steps">Makers of the steps in order; the argument says whether the text is streamed.</param>
internal sealed class DecoderPlan(IReadOnlyList<Func<bool, DecoderStep>> steps)
{
    /// <summary>Makes a chain: its first step, and the sink where text arrives.</summary>
    public (DecoderStep First, TextSink Sink) Start(bool streaming)
    {
        var sink = new TextSink();
        DecoderStep first = sink;
        foreach (var maker in steps.Reverse())
        {
            var step = maker(streaming);
            step.Next = first;
            first = step;
        }

        return (first, sink);
    }
}
