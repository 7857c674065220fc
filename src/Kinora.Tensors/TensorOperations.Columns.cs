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
    /// <returns>[rows, count].</returns>
    public Tensor Columns(Tensor x, int first, int count)
    {
        if (first < 0 || count < 1 || count > x.Shape.Last - first)
        {
            throw new ArgumentOutOfRangeException(nameof(first), $"Columns {first} to {first + count} of a tensor of shape {x.Shape}.");
        }

        var y = New(x.Shape.Rows, count);
        if (dry is not null)
        {
            dry.Rows(y.Shape.Count);
            return y;
        }

        Run(new ColumnCopy { X = x.Floats + first, XLength = x.Shape.Last, Y = y.Floats, YLength = count, Width = count, Rows = y.Shape.Rows });
        KeepAlive(x, y);
        if (Records(x))
        {
            Note(new() { Back = &ColumnsBack, Output = y, A = x, Second = first });
        }

        return y;
    }

    private static void ColumnsBack(TensorOperations operations, in TapeEntry entry)
    {
        var (y, gradient) = (entry.Output.Gradient!, operations.ZeroedGradientOf(entry.A!));
        operations.Run(new ColumnCopy { X = y.Floats, XLength = y.Shape.Last, Y = gradient.Floats + entry.Second, YLength = gradient.Shape.Last, Width = y.Shape.Last, Rows = y.Shape.Rows, Accumulate = true });
        KeepAlive(y, gradient);
    }

    private void Run(ColumnCopy work)
    {
        work.KernelIndex = kernels.Index;
        pool.Run(work.Chunks, ref work);
    }
}
