using System.Text.RegularExpressions;
using Kinora.Models.Tokenization.Splitting;

namespace Kinora.Models.Tokenization.Formats;

/// <summary>Reads the pre-tokeniser of <c>tokenizer.json</c>.</summary>
internal static class PreTokenizerReader
{
    private const char Mark = '\u2581';

    public static PreTokenizer? Read(TokenizerNode? node)
    {
        if (node is not { } splitter)
        {
            return null;
        }

        var steps = StepList.Of(splitter, "pretokenizers").ConvertAll(Step);
        return steps is [var only] ? only : new SequencePreTokenizer(steps);
    }

    private static PreTokenizer Step(TokenizerNode splitter)
    {
        var type = splitter.Required("type");
        return type.Text() switch
        {
            "Metaspace" => Metaspace(splitter),
            "Digits" => new DigitsPreTokenizer(splitter["individual_digits"]?.Flag() ?? false),
            "Split" => new SplitPreTokenizer(Pattern(splitter.Required("pattern")), Behavior(splitter.Required("behavior")), splitter["invert"]?.Flag() ?? false),
            "ByteLevel" => new ByteLevelPreTokenizer(
                splitter["add_prefix_space"]?.Flag() ?? true,
                splitter["use_regex"]?.Flag() ?? true ? new UnicodePattern(ByteLevelPreTokenizer.Pattern, splitter.Path) : null),
            _ => throw type.Wrong("one of the pre-tokenisers Sequence, Metaspace, Digits, Split, ByteLevel"),
        };
    }

    /// <summary>The mark and where it goes; old files say <c>add_prefix_space</c> in place of a scheme.</summary>
    public static (char Mark, PrependScheme Scheme) MetaspaceOf(TokenizerNode node) => (node["replacement"]?.Character() ?? Mark, node["prepend_scheme"] switch
    {
        { } scheme => scheme.Text() switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw scheme.Wrong("always, first or never"),
        },
        null => node["add_prefix_space"]?.Flag() ?? true ? PrependScheme.Always : PrependScheme.Never,
    });

    private static MetaspacePreTokenizer Metaspace(TokenizerNode node)
    {
        var (mark, scheme) = MetaspaceOf(node);
        return new MetaspacePreTokenizer(mark, scheme, node["split"]?.Flag() ?? true);
    }

    private static UnicodePattern Pattern(TokenizerNode pattern)
        => new(pattern["String"] is { } plain ? Regex.Escape(plain.Text()) : pattern.Required("Regex").Text(), pattern.Path);

    private static SplitBehavior Behavior(TokenizerNode behavior) => behavior.Text() switch
    {
        "Isolated" => SplitBehavior.Isolated,
        "Removed" => SplitBehavior.Removed,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw behavior.Wrong("one of Isolated, Removed, MergedWithPrevious, MergedWithNext, Contiguous"),
    };
}
