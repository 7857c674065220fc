using Kinora.Tensors.Autograd;
using Kinora.Tensors.Operations;

namespace Kinora.Tensors;

/// <content>Results that one product gave side by side.</content>
public sealed unsafe partial class TensorOperations
{
    /// <summary>Some columns, as a tensor of their own: queries, keys and values that one product gave side by side.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="first">The first column.</param>
    /// <param name="count">How many.</param>
    /// <param name="pieces">How many such stretches are put side by side.</param>
    /// <param name="step">Columns from the beginning of one stretch to that of the next.</param>
    /// <returns>[rows, pieces * count].</returns>
    public Tensor Columns(Tensor x, int first, int count, int pieces = 1, int step = 0)
    {
        if (first < 0 || count < 1 || pieces < 1 || step < 0 || first + ((long)step * (pieces - 1)) > x.Shape.Last - count)
        {
            throw new ArgumentOutOfRangeException(nameof(first), $"{pieces} times {count} columns from {first} on, {step} apart, of a tensor of shape {x.Shape}.");
        }

        var y = New(x.Shape.Rows, checked(pieces * count));
        if (dry is not null)
        {
            dry.Rows(y.Shape.Count);
            return y;
        }

        Run(new ColumnCopy { X = x.Floats + first, XLength = x.Shape.Last, XStep = step, Y = y.Floats, YLength = y.Shape.Last, YStep = count, Width = count, Pieces = pieces, Rows = y.Shape.Rows });
        KeepAlive(x, y);
        if (Records(x))
        {
            Note(new() { Back = &ColumnsBack, Output = y, A = x, First = first, Second = pieces, Third = step });
        }

        return y;
    }

    private static void ColumnsBack(TensorOperations operations, in TapeEntry entry)
    {
        var (y, gradient) = (entry.Output.Gradient!, operations.ZeroedGradientOf(entry.A!));
        var width = y.Shape.Last / entry.Second;
        operations.Run(new ColumnCopy { X = y.Floats, XLength = y.Shape.Last, XStep = width, Y = gradient.Floats + entry.First, YLength = gradient.Shape.Last, YStep = entry.Third, Width = width, Pieces = entry.Second, Rows = y.Shape.Rows, Accumulate = true });
        KeepAlive(y, gradient);
    }

    private void Run(ColumnCopy work)
    {
        work.KernelIndex = kernels.Index;
        pool.Run(work.Chunks, ref work);
    }
}
