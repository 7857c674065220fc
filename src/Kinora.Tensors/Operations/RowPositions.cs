namespace Kinora.Tensors.Operations;

/// <summary>Where rows stand in their sequences: what row-wise work needs of <see cref="Sequences"/>, without references.</summary>
internal unsafe struct RowPositions
{
    /// <summary>The first row of each sequence; null if all are equally long.</summary>
    public int* Starts;

    /// <summary>The length of each, if all are equally long.</summary>
    public int Length;

    /// <summary>Number of sequences.</summary>
    public int Count;

    /// <summary>The position of each row; null: its place in its sequence.</summary>
    public int* Positions;

    public readonly long Of(int row)
    {
        if (Positions != null)
        {
            return Positions[row];
        }

        var (low, high) = (0, Count);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = First(middle) <= row ? (middle, high) : (low, middle);
        }

        return row - First(low);
    }

    private readonly long First(int sequence) => Starts == null ? (long)sequence * Length : Starts[sequence];
}
