namespace Kinora.Models.Tokenization.Formats;

/// <summary>Normalisers, pre-tokenisers and decoders come alone or as sequences, even of sequences; a file must not make thousands of them.</summary>
internal static class StepList
{
    /// <summary>The longest text that a step may put in; the steps together are bounded by what comes out.</summary>
    public const int LongestContent = 512;

    private const int Most = 64;

    /// <summary>The steps in the order in which they are applied.</summary>
    /// <param name="node">One step, or a sequence.</param>
    /// <param name="items">The key under which a sequence has its steps.</param>
    /// <exception cref="TokenizerException">No type, or more than 64 steps.</exception>
    public static List<TokenizerNode> Of(TokenizerNode node, string items)
    {
        var steps = new List<TokenizerNode>();
        Add(node);
        return steps;

        void Add(TokenizerNode step)
        {
            if (step.Required("type").Text() == "Sequence")
            {
                foreach (var item in step.Required(items).Items())
                {
                    Add(item);
                }

                return;
            }

            if (steps.Count == Most)
            {
                throw node.Wrong($"at most {Most} steps");
            }

            steps.Add(step);
        }
    }

    /// <summary>A text that a step puts in.</summary>
    /// <exception cref="TokenizerException">It is longer than any that makes sense.</exception>
    public static string Content(TokenizerNode node)
        => node.Text() is { Length: <= LongestContent } text ? text : throw node.Wrong($"a text of at most {LongestContent} characters");
}
