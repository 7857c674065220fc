using Kinora.Models.Tokenization;

namespace Kinora.Models.Families;

/// <summary>Prompts in which no token stands for a picture.</summary>
internal static class PictureSpans
{
    /// <summary>Ids of a prompt whose pictures are spans of their own: what lies before and behind each is tokenised apart; what the tokenizer puts before a text stands before the first piece only.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="spans">The prompt.</param>
    /// <param name="begins">Whether it begins a conversation.</param>
    /// <param name="image">The text that stands for a picture.</param>
    /// <param name="mark">What stands for it among the ids.</param>
    public static int[] Tokenize(Tokenizer tokenizer, IReadOnlyList<PromptSpan> spans, bool begins, string image, int mark)
    {
        var (ids, piece) = (new List<int>(), new List<PromptSpan>());
        foreach (var span in spans)
        {
            if (!span.MatchAddedTokens || span.Text != image)
            {
                piece.Add(span);
                continue;
            }

            ids.AddRange(tokenizer.Encode(piece, addSpecialTokens: begins && ids.Count == 0));
            ids.Add(mark);
            piece.Clear();
        }

        ids.AddRange(tokenizer.Encode(piece, addSpecialTokens: begins && ids.Count == 0));
        return [.. ids];
    }

    /// <summary>The spans of a text in which a picture is written as <paramref name="image"/>.</summary>
    public static IReadOnlyList<PromptSpan> Of(string text, string image)
    {
        var spans = new List<PromptSpan>();
        foreach (var piece in text.Split(image))
        {
            spans.Add(new(piece, true));
            spans.Add(new(image, true));
        }

        return [.. spans.SkipLast(1)];
    }
}
