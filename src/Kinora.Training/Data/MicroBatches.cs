namespace Kinora.Training.Data;

/// <summary>Cuts the samples of one step into parts that fit the memory.</summary>
public static class MicroBatches
{
    /// <summary>Cuts a step, in order; a sample that is too long by itself is alone.</summary>
    /// <param name="lengths">Positions of each sample in the decoder's sequence, each picture counted with all its places.</param>
    /// <param name="mostPositions">The most positions of a part.</param>
    public static IReadOnlyList<MicroBatch> Cut(ReadOnlySpan<int> lengths, int mostPositions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostPositions, 1);
        var parts = new List<MicroBatch>();
        var part = new MicroBatch(0, 0, 0);
        for (var i = 0; i < lengths.Length; i++)
        {
            if (part.Count > 0 && part.Positions + lengths[i] > mostPositions)
            {
                parts.Add(part);
                part = new MicroBatch(i, 0, 0);
            }

            part = part with { Count = part.Count + 1, Positions = part.Positions + lengths[i] };
        }

        if (part.Count > 0)
        {
            parts.Add(part);
        }

        return parts;
    }
}
