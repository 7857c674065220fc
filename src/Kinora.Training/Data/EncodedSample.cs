namespace Kinora.Training.Data;

/// <summary>A conversation as the decoder learns it.</summary>
public sealed class EncodedSample
{
    /// <summary>The label of what isn't learned.</summary>
    public const int Ignored = -100;

    /// <summary>Makes a sample.</summary>
    /// <param name="ids">Token ids with one placeholder per picture.</param>
    /// <param name="labels">For each id the id itself where it is learned, else <see cref="Ignored"/>. Not shifted: the loss compares label t with the scores of place t - 1.</param>
    /// <param name="pictures">The number of placeholders.</param>
    /// <param name="positions">The length of the decoder's sequence, each picture counted with all its places.</param>
    /// <param name="isCut">Whether the end was cut off.</param>
    /// <exception cref="ArgumentException">Ids and labels differ in number.</exception>
    public EncodedSample(int[] ids, int[] labels, int pictures, int positions, bool isCut)
    {
        if (ids.Length != labels.Length)
        {
            throw new ArgumentException($"{labels.Length} labels for {ids.Length} ids.", nameof(labels));
        }

        (Ids, Labels, Pictures, Positions, IsCut) = (ids, labels, pictures, positions, isCut);
        Learned = labels.Length - labels.AsSpan().Count(Ignored);
    }

    /// <summary>Token ids with one placeholder per picture.</summary>
    public int[] Ids { get; }

    /// <summary>For each id the id itself where it is learned, else <see cref="Ignored"/>.</summary>
    public int[] Labels { get; }

    /// <summary>The number of pictures.</summary>
    public int Pictures { get; }

    /// <summary>The length of the decoder's sequence.</summary>
    public int Positions { get; }

    /// <summary>The number of labels that are learned.</summary>
    public int Learned { get; }

    /// <summary>Whether the end was cut off to keep the longest length.</summary>
    public bool IsCut { get; }
}
