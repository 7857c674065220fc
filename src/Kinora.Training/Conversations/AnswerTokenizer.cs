using Kinora.Models.Tokenization;

namespace Kinora.Training.Conversations;

/// <summary>Tokenises an answer as the model is to write it behind a prompt.</summary>
/// <remarks>
/// Tokenizers of the Llama kind put a blank before every text. Where the prompt already ends in one, as Tarsier's does (<c>ASSISTANT: </c>), a second would be learned, so the
/// answer is tokenised as the middle of a text; where it doesn't, the tokenizer's own blank parts answer and prompt, as in PLLaVA's published packing.
/// Names of special tokens in an answer are ordinary text.
/// </remarks>
internal sealed class AnswerTokenizer
{
    // A line break is a byte of its own in vocabularies that put blanks before texts, so it never grows together with what follows.
    private const string Anchor = "\n";

    private readonly Tokenizer tokenizer;
    private readonly int[]? anchorIds;

    public AnswerTokenizer(Tokenizer tokenizer)
    {
        this.tokenizer = tokenizer;
        var letter = Plain("a");
        var addsBlank = tokenizer.Decode([.. letter, .. letter], skipSpecialTokens: true, cleanUp: false) == "a a";
        anchorIds = addsBlank ? Plain(Anchor) : null;
    }

    /// <summary>The ids of an answer, without an end mark.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="behindBlank">Whether the prompt ends in a blank.</param>
    public int[] Encode(string answer, bool behindBlank)
    {
        if (!behindBlank || anchorIds is null)
        {
            return Plain(answer);
        }

        var anchored = Plain(Anchor + answer);
        return anchored.AsSpan().StartsWith(anchorIds) ? anchored[anchorIds.Length..] : Plain(answer);
    }

    private int[] Plain(string text) => tokenizer.Encode([new PromptSpan(text, false)], addSpecialTokens: false);
}
