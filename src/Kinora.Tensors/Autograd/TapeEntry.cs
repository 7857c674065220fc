namespace Kinora.Tensors.Autograd;

/// <summary>One recorded operation: what it made, what from, and how its gradient goes back. The fields mean what the operation says they mean.</summary>
internal unsafe struct TapeEntry
{
    /// <summary>Adds to the gradients of what learns among <see cref="A"/>, <see cref="B"/> and <see cref="C"/>; the output's gradient is there.</summary>
    public delegate*<TensorOperations, in TapeEntry, void> Back;

    public Tensor Output;

    public Tensor? A;

    public Tensor? B;

    public Tensor? C;

    /// <summary>Something else that going back needs: sums of an attention, a saved copy.</summary>
    public Tensor? Saved;

    /// <summary>How rows divide.</summary>
    public Sequences Sequences;

    /// <summary>A block to compute again.</summary>
    public IRecomputable? Part;

    public long First;

    public int Second;

    public int Third;

    public float Factor;

    /// <summary>The output took the place of an input, as the same object, or is written by several entries: its gradient is still needed after this entry.</summary>
    public bool InPlace;
}
