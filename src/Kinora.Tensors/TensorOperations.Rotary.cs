using Kinora.Tensors.Autograd;
using Kinora.Tensors.Operations;

namespace Kinora.Tensors;

/// <content>Rotary positions.</content>
public sealed unsafe partial class TensorOperations
{
    /// <summary>Turns all heads of each row by its rotary position. Takes the place of <paramref name="x"/> where no gradient needs it.</summary>
    /// <param name="x">[positions, heads * headSize].</param>
    /// <param name="table">The angles.</param>
    /// <param name="firstPosition">The position of row 0; the next rows follow.</param>
    public Tensor Rotate(Tensor x, RotaryTable table, int firstPosition)
    {
        RequireHeads(x, table.HeadSize);
        if (dry is not null)
        {
            dry.Rows(x.Shape.Count);
            return x;
        }

        table.Reserve(firstPosition + x.Shape.Rows);
        var offset = (long)firstPosition * (table.HeadSize / 2);
        return Rotate(x, table.Cosines, table.Sines, offset, Sequences.Equal(1, x.Shape.Rows));
    }

    /// <summary>Turns all heads of each row by the angles that come with the sequences, else by its place in its sequence; behind a prefix each branch goes on from there. Takes the place of <paramref name="x"/> where no gradient needs it.</summary>
    /// <param name="x">[rows, heads * headSize].</param>
    /// <param name="table">The angles.</param>
    /// <param name="sequences">How the rows divide; the first of each has position 0.</param>
    public Tensor Rotate(Tensor x, RotaryTable table, Sequences sequences)
    {
        RequireHeads(x, table.HeadSize);
        RequireRows(x, sequences);
        if (sequences.Cosines is { } cosines)
        {
            return Rotate(x, cosines, sequences.Sines!);
        }

        if (dry is not null)
        {
            dry.Rows(x.Shape.Count);
            return x;
        }

        for (var sequence = 0; sequence < sequences.Count && sequences.Positions == null; sequence++)
        {
            table.Reserve(sequences.Length(sequence));
        }

        for (var row = 0; row < sequences.Rows && sequences.Positions != null; row++)
        {
            table.Reserve(sequences.Positions[row] + 1);
        }

        return Rotate(x, table.Cosines, table.Sines, 0, sequences);
    }

    /// <summary>Turns all heads of each row by angles of its own, for positions of several axes. Takes the place of <paramref name="x"/> where no gradient needs it.</summary>
    /// <param name="x">[rows, heads * headSize].</param>
    /// <param name="cosines">[rows, headSize / 2].</param>
    /// <param name="sines">As <paramref name="cosines"/>.</param>
    public Tensor Rotate(Tensor x, Tensor cosines, Tensor sines)
    {
        RequireHeads(x, 2 * cosines.Shape.Last);
        Require(cosines.Shape == sines.Shape && cosines.Shape.Rows == x.Shape.Rows, x, cosines, "there must be one row of cosines and sines per row");
        if (dry is not null)
        {
            dry.Rows(x.Shape.Count);
            return x;
        }

        return Rotate(x, cosines, sines, 0, Sequences.Equal(1, x.Shape.Rows));
    }

    private static void RequireHeads(Tensor x, int headSize)
    {
        if (x.Shape.Last % headSize != 0)
        {
            throw new ArgumentException($"Rows of {x.Shape.Last} values aren't whole heads of {headSize}.", nameof(x));
        }
    }

    private static void RotateBack(TensorOperations operations, in TapeEntry entry)
    {
        var gradient = entry.Output.Gradient!;
        operations.Turn(gradient, gradient, entry.B!, entry.Saved!, entry.First, entry.Sequences, back: true);
        operations.Pass(entry.A!, entry.Output);
    }

    private Tensor Rotate(Tensor x, Tensor cosines, Tensor sines, long offset, Sequences sequences)
    {
        var records = Records(x);
        var y = InPlaceOf(x, records);
        Turn(x, y, cosines, sines, offset, sequences, back: false);
        if (records)
        {
            Note(new() { Back = &RotateBack, Output = y, A = x, B = cosines, Saved = sines, First = offset, Sequences = sequences, InPlace = x == y });
        }

        return y;
    }

    private void Turn(Tensor x, Tensor y, Tensor cosines, Tensor sines, long offset, Sequences sequences, bool back)
    {
        var work = new RowWork
        {
            Operation = back ? RowWork.Kind.RotateBack : RowWork.Kind.Rotate,
            X = x.Floats,
            Y = y.Floats,
            Weight = cosines.Floats + offset,
            Bias = sines.Floats + offset,
            Heads = x.Shape.Last / (2 * cosines.Shape.Last),
            Positions = sequences.RowPositions,
        };
        Run(work, x.Shape);
        KeepAlive(x, cosines, sines);
    }
}
