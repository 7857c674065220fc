using Kinora.Models.Tokenization.Decoding;
using Kinora.Models.Tokenization.Splitting;

namespace Kinora.Models.Tokenization.Formats;

/// <summary>Reads the decoder of <c>tokenizer.json</c>.</summary>
internal static class DecoderReader
{
    private const int MostStripped = 1000;

    public static DecoderPlan Read(TokenizerNode? node)
    {
        if (node is not { } decoder)
        {
            return new DecoderPlan([_ => new JoinStep()]);
        }

        var steps = new List<Func<bool, DecoderStep>>();
        var fused = false;
        foreach (var step in StepList.Of(decoder, "decoders"))
        {
            Add(step, steps, ref fused);
        }

        return new DecoderPlan(steps);
    }

    private static void Add(TokenizerNode node, List<Func<bool, DecoderStep>> steps, ref bool fused)
    {
        var type = node.Required("type");
        switch (type.Text())
        {
            case "Replace":
                var pattern = node.Required("pattern").Required("String");
                var (from, to) = (pattern.Text(), StepList.Content(node.Required("content")));
                steps.Add(from.Length > 0 ? _ => new ReplaceStep(from, to, node.Path) : throw pattern.Wrong("a text that isn't empty"));
                break;
            case "ByteFallback":
                steps.Add(streaming => new ByteFallbackStep(streaming));
                break;
            case "Fuse":
                // Pieces flow through; only a Strip behind must know that it sees one long piece.
                fused = true;
                break;
            case "Strip":
                var content = node.Required("content").Character();
                var (start, stop, whole) = (node.Required("start").Number(0, MostStripped), node.Required("stop").Number(0, MostStripped), fused);
                steps.Add(_ => new StripStep(content, start, stop, whole));
                break;
            case "ByteLevel":
                fused = true;
                steps.Add(_ => new ByteLevelStep());
                break;
            case "Metaspace":
                var (mark, scheme) = PreTokenizerReader.MetaspaceOf(node);
                steps.Add(_ => new MetaspaceStep(mark, scheme != PrependScheme.Never));
                break;
            default:
                throw type.Wrong("one of the decoders Sequence, Replace, ByteFallback, Fuse, Strip, ByteLevel, Metaspace");
        }
    }
}
