namespace Kinora.Models.Tokenization.Decoding;

/// <summary>The original library's tidying of English text: no blank before punctuation and short forms.</summary>
internal static class SpaceCleanUp
{
    // In this order, as one may make room for the next.
    private static readonly (string From, string To)[] rules =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"),
        (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    public static string Apply(string text)
        => rules.Aggregate(text, (current, rule) => current.Replace(rule.From, rule.To, StringComparison.Ordinal));
}
