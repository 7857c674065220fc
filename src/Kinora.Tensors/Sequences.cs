namespace Kinora.Tensors;

/// <summary>How rows divide into sequences that don't see each other: packed one after the other, without padding.</summary>
/// <remarks>Unequal ones lie in the workspace of the operations that made them (<see cref="TensorOperations.Divide"/>), and as long as what was taken there.</remarks>
public readonly unsafe struct Sequences
{
    private readonly int length;

    internal Sequences(int* starts, int count)
    {
        Starts = starts;
        Count = count;
    }

    private Sequences(int count, int length) => (Count, this.length) = (count, length);

    /// <summary>Number of sequences.</summary>
    public int Count { get; }

    /// <summary>Rows of all.</summary>
    public int Rows => First(Count);

    /// <summary>The first row of each, and the number of rows behind the last; null if all are equally long.</summary>
    internal int* Starts { get; }

    /// <summary>Sequences of one length.</summary>
    public static Sequences Equal(int count, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new(count, length);
    }

    /// <summary>The first row of a sequence.</summary>
    public int First(int sequence) => Starts == null ? checked(sequence * length) : Starts[sequence];

    /// <summary>The length of a sequence.</summary>
    public int Length(int sequence) => First(sequence + 1) - First(sequence);
}
