namespace Kinora.Models.Generation;

/// <summary>A language model as a beam search sees it: several continuations of one prompt side by side.</summary>
public interface IBeamModel
{
    /// <summary>The number of logits per beam.</summary>
    int VocabularySize { get; }

    /// <summary>Makes the beams, all of them at the end of the prompt.</summary>
    void Start(int beams);

    /// <summary>The logits for the next token of a beam.</summary>
    /// <returns>Valid until <see cref="Advance"/>.</returns>
    ReadOnlySpan<float> Logits(int beam);

    /// <summary>Replaces each beam by another one's continuation: new beam i is old beam <c>parents[i]</c> followed by <c>tokens[i]</c>.</summary>
    /// <param name="parents">Old beams; one may occur several times, another not at all.</param>
    /// <param name="tokens">One token per new beam.</param>
    void Advance(ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens);
}
