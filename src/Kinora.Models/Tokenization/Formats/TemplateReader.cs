namespace Kinora.Models.Tokenization.Formats;

/// <summary>Reads the post-processor of <c>tokenizer.json</c>.</summary>
internal static class TemplateReader
{
    // Every text gets them.
    private const int MostIds = 64;

    public static Template Read(TokenizerNode? node)
    {
        if (node is not { } processor)
        {
            return Template.Empty;
        }

        var type = processor.Required("type");
        return type.Text() switch
        {
            // It only moves offsets, which we don't keep.
            "ByteLevel" => Template.Empty,
            "TemplateProcessing" => Single(processor),
            "Sequence" => processor.Required("processors").Items().Select(item => Read(item)).Aggregate(
                Template.Empty,
                (all, one) => one.IsEmpty ? all : Checked(processor, new Template([.. one.Before, .. all.Before], [.. all.After, .. one.After]))),
            _ => throw type.Wrong("one of the post-processors ByteLevel, TemplateProcessing, Sequence"),
        };
    }

    private static Template Single(TokenizerNode processor)
    {
        List<int> before = [], after = [];
        var texts = 0;
        foreach (var item in processor.Required("single").Items())
        {
            if (item["Sequence"] is { } sequence)
            {
                texts += sequence.Required("id").Text() == "A" ? 1 : throw sequence.Wrong("the sequence A");
            }
            else
            {
                var name = item.Required("SpecialToken").Required("id").Text();
                var ids = processor.Required("special_tokens").Required(name).Required("ids").Items().Select(id => id.Number(0, TokenizerJson.LargestId)).Take(MostIds + 1);
                (texts == 0 ? before : after).AddRange(ids);
                if (before.Count + after.Count > MostIds)
                {
                    throw TooMany(processor);
                }
            }
        }

        return texts == 1 ? new Template(before, after) : throw processor.Required("single").Wrong("the sequence A exactly once");
    }

    private static Template Checked(TokenizerNode processor, Template template)
        => template.Before.Count + template.After.Count <= MostIds ? template : throw TooMany(processor);

    private static TokenizerException TooMany(TokenizerNode processor) => processor.Wrong($"at most {MostIds} ids around a text");
}
