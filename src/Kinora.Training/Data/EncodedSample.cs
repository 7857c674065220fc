namespace Kinora.Training.Data;

/// <summary>A conversation as the decoder learns it.</summary>
public sealed class EncodedSample
{
    /// <summary>The label of what isn't learned.</summary>
    public const int Ignored = -100;

    /// <summary>Makes a sample.</summary>
    /// <param name="ids">Token ids, one for each position.</param>
    /// <param name="labels">For each id the id itself where it is learned, else <see cref="Ignored"/>. Not shifted: the loss compares label t with the scores of place t - 1.</param>
    /// <param name="isCut">Whether the end was cut off.</param>
    /// <exception cref="ArgumentException">Ids and labels differ in number.</exception>
    public EncodedSample(int[] ids, int[] labels, bool isCut)
    {
        if (ids.Length != labels.Length)
        {
            throw new ArgumentException($"{labels.Length} labels for {ids.Length} ids.", nameof(labels));
        }

        (Ids, Labels, IsCut) = (ids, labels, isCut);
        Learned = labels.Length - labels.AsSpan().Count(Ignored);
    }

    /// <summary>Token ids, one for each position: pictures have a placeholder for each of theirs.</summary>
    public int[] Ids { get; }

    /// <summary>For each id the id itself where it is learned, else <see cref="Ignored"/>.</summary>
    public int[] Labels { get; }

    /// <summary>The length of the decoder's sequence.</summary>
    public int Positions => Ids.Length;

    /// <summary>The number of labels that are learned.</summary>
    public int Learned { get; }

    /// <summary>Whether the end was cut off to keep the longest length.</summary>
    public bool IsCut { get; }
}
