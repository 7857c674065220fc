using System.Text.RegularExpressions;
using Kinora.Models.Tokenization.Normalizing;

namespace Kinora.Models.Tokenization.Formats;

/// <summary>Reads the normaliser of <c>tokenizer.json</c>.</summary>
internal static class NormalizerReader
{
    private static readonly TimeSpan longest = TimeSpan.FromSeconds(5);

    public static Normalizer? Read(TokenizerNode? node)
    {
        if (node is not { } normalizer)
        {
            return null;
        }

        var steps = StepList.Of(normalizer, "normalizers").ConvertAll(Step);
        return steps is [var only] ? only : new SequenceNormalizer(steps);
    }

    private static Normalizer Step(TokenizerNode node)
    {
        var type = node.Required("type");
        return type.Text() switch
        {
            "Prepend" => new PrependNormalizer(StepList.Content(node.Required("prepend"))),
            "Replace" => new ReplaceNormalizer(Pattern(node.Required("pattern")), StepList.Content(node.Required("content")), node.Path),
            "NFC" => new ComposingNormalizer(),
            _ => throw type.Wrong("one of the normalisers Sequence, Prepend, Replace, NFC"),
        };
    }

    private static Regex Pattern(TokenizerNode pattern)
    {
        var text = pattern["String"] is { } plain ? Regex.Escape(plain.Text()) : pattern.Required("Regex").Text();
        try
        {
            return text.Length > 0 ? new Regex(text, RegexOptions.CultureInvariant, longest) : throw pattern.Wrong("a pattern that isn't empty");
        }
        catch (Exception error) when (error is ArgumentException or InsufficientExecutionStackException)
        {
            throw pattern.Wrong("a regular expression that is understood");
        }
    }
}
