namespace Kinora.Tensors;

/// <summary>
/// How rows divide into sequences that don't see each other: packed one after the other, without padding. A sequence may be a prefix with
/// branches behind it: each branch goes on from the prefix as if the others weren't there, so that what several samples begin with is
/// computed once.
/// </summary>
/// <remarks>Unequal ones lie in the workspace of the operations that made them (<c>TensorOperations.Divide</c>), and as long as what was taken there.</remarks>
public readonly unsafe struct Sequences
{
    private readonly int length;
    private readonly int* branchStarts;

    internal Sequences(int* starts, int count)
    {
        Starts = starts;
        Count = count;
    }

    /// <summary>Prefixes with branches, or the branches alone.</summary>
    internal Sequences(int* starts, int count, int* positions, int* ownKeys = null, int* prefixes = null, int* branchStarts = null)
        : this(starts, count)
    {
        Positions = positions;
        OwnKeys = ownKeys;
        Prefixes = prefixes;
        this.branchStarts = branchStarts;
    }

    private Sequences(int count, int length) => (Count, this.length) = (count, length);

    /// <summary>Cosines of the angles by which each row turns, [rows, headSize / 2]; null: by its place in its sequence.</summary>
    public Tensor? Cosines { get; private init; }

    /// <summary>Sines, as <see cref="Cosines"/>.</summary>
    public Tensor? Sines { get; private init; }

    /// <summary>Rows that updates for pictures only are for; null: none.</summary>
    public IReadOnlyList<RowSpan>? Pictures { get; private init; }

    /// <summary>Number of sequences.</summary>
    public int Count { get; }

    /// <summary>Rows of all.</summary>
    public int Rows => First(Count);

    /// <summary>Whether these are prefixes with branches.</summary>
    public bool HavePrefixes => branchStarts != null;

    /// <summary>Of prefixes with branches the branches alone: the rows behind the prefix of each sequence, one sequence after the other.</summary>
    public Sequences Branches => new(branchStarts, Count, Positions + Rows);

    /// <summary>Of prefixes with branches the numbers of the branches' rows, in the order of <see cref="Branches"/>.</summary>
    public ReadOnlySpan<int> BranchRows => new(Positions + Rows + Branches.Rows, Branches.Rows);

    /// <summary>The first row of each, and the number of rows behind the last; null if all are equally long.</summary>
    internal int* Starts { get; }

    /// <summary>Where the rows stand, without references.</summary>
    internal Operations.RowPositions RowPositions => new() { Starts = Starts, Length = length, Count = Count, Positions = Positions };

    /// <summary>The rotary position of each row; null: its place in its sequence.</summary>
    internal int* Positions { get; }

    /// <summary>The length of each sequence's prefix; null without.</summary>
    internal int* Prefixes { get; }

    /// <summary>For each row the first key of its sequence that lies in its own branch, 0 in a prefix; null without prefixes.</summary>
    internal int* OwnKeys { get; }

    /// <summary>Sequences of one length.</summary>
    public static Sequences Equal(int count, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new(count, length);
    }

    /// <summary>The same sequences, with rotary angles of the rows' own: for positions of several axes.</summary>
    /// <param name="cosines">[rows, headSize / 2].</param>
    /// <param name="sines">As <paramref name="cosines"/>.</param>
    public Sequences Turned(Tensor cosines, Tensor sines) => this with { Cosines = cosines, Sines = sines };

    /// <summary>The same sequences, with rows that stand for pictures.</summary>
    public Sequences Marked(IReadOnlyList<RowSpan>? pictures) => this with { Pictures = pictures };

    /// <summary>The first row of a sequence.</summary>
    public int First(int sequence) => Starts == null ? checked(sequence * length) : Starts[sequence];

    /// <summary>The length of a sequence.</summary>
    public int Length(int sequence) => First(sequence + 1) - First(sequence);
}
