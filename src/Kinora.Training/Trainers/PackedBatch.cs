using Kinora.Training.Data;

namespace Kinora.Training.Trainers;

/// <summary>Samples packed one behind the other without padding: what one pass through the model takes.</summary>
public sealed class PackedBatch
{
    private PackedBatch(int[] ids, int[] lengths, int[] rows, int[] labels, int[] samples)
        => (Ids, Lengths, Rows, Labels, Samples) = (ids, lengths, rows, labels, samples);

    /// <summary>Token ids of all samples, one placeholder per picture.</summary>
    public int[] Ids { get; }

    /// <summary>Positions of each sample, pictures counted with all their vectors.</summary>
    public int[] Lengths { get; }

    /// <summary>The positions, in the packed sequence, whose next token is learned.</summary>
    public int[] Rows { get; }

    /// <summary>The token behind each of <see cref="Rows"/>.</summary>
    public int[] Labels { get; }

    /// <summary>The number of the sample that each of <see cref="Rows"/> belongs to.</summary>
    public int[] Samples { get; }

    /// <summary>Packs samples.</summary>
    /// <param name="samples">Ids with one placeholder per picture, and labels of the same length.</param>
    /// <param name="imageTokenId">The placeholder.</param>
    /// <param name="visualTokens">Positions that a picture takes.</param>
    public static PackedBatch Of(IReadOnlyList<(int[] Ids, int[] Labels)> samples, int imageTokenId, int visualTokens)
    {
        var (lengths, rows, labels, owners) = (new int[samples.Count], new List<int>(), new List<int>(), new List<int>());
        var first = 0;
        for (var sample = 0; sample < samples.Count; sample++)
        {
            var position = 0;
            for (var i = 0; i < samples[sample].Ids.Length; i++)
            {
                // The token at a position is predicted one position before; the first one by none.
                if (samples[sample].Labels[i] != EncodedSample.Ignored && position > 0)
                {
                    rows.Add(first + position - 1);
                    labels.Add(samples[sample].Labels[i]);
                    owners.Add(sample);
                }

                position += samples[sample].Ids[i] == imageTokenId ? visualTokens : 1;
            }

            lengths[sample] = position;
            first = checked(first + position);
        }

        return new([.. samples.SelectMany(sample => sample.Ids)], lengths, [.. rows], [.. labels], [.. owners]);
    }
}
