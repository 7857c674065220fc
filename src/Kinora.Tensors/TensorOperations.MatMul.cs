using Kinora.Tensors.Autograd;
using Kinora.Tensors.Operations;

namespace Kinora.Tensors;

/// <content>Products of matrices that both come out of other operations, and products that are added where they belong.</content>
public sealed unsafe partial class TensorOperations
{
    /// <summary>y + x weight^T. Takes the place of <paramref name="y"/> where no gradient needs it: the second half of a low-rank update costs no pass over y.</summary>
    /// <param name="y">[rows, outputs].</param>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="weight">[outputs, inputs] in any storage format.</param>
    public Tensor AddLinear(Tensor y, Tensor x, Tensor weight)
    {
        Require(y.Shape.Rows == x.Shape.Rows && y.Shape.Last == weight.Shape.Rows, y, weight, "the sum must have a row for each of x and a column per output");

        // Products of bytes and of few rows have no sums to go on from.
        if (Records(x, y, weight) || y.Kept || weight.Format.IsGrouped() || x.Shape.Rows < MatrixProduct.FewestPackedRows)
        {
            return Add(y, Linear(x, weight));
        }

        Cancellation.ThrowIfCancellationRequested();
        Require(x.Shape.Last == weight.Shape.Last, x, weight, "the last axes must agree");
        if (dry is not null)
        {
            dry.Product(kernels, x.Shape.Rows, weight);
            return y;
        }

        Multiply(new()
        {
            A = x.Floats,
            AStride = x.Shape.Last,
            B = weight.Pointer,
            Format = weight.Format,
            BRowBytes = weight.Format.RowBytes(weight.Shape.Last),
            TransposeB = true,
            C = y.Floats,
            CStride = y.Shape.Last,
            Accumulate = true,
            Rows = x.Shape.Rows,
            Columns = weight.Shape.Rows,
            Depth = x.Shape.Last,
        });
        KeepAlive(x, y, weight);
        return y;
    }

    /// <summary>The products of matrices; axes before the last two count them.</summary>
    /// <param name="a">[..., m, k], or [..., k, m] if <paramref name="transposeA"/>.</param>
    /// <param name="b">[..., k, n], or [..., n, k] if <paramref name="transposeB"/>; with two axes one matrix for all.</param>
    /// <param name="transposeA">Whether a is stored the other way round.</param>
    /// <param name="transposeB">Whether b is stored the other way round.</param>
    /// <returns>[..., m, n].</returns>
    public Tensor MatMul(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        Span<int> extents = stackalloc int[a.Shape.Rank];
        for (var axis = 0; axis < extents.Length; axis++)
        {
            extents[axis] = a.Shape[axis];
        }

        extents[^2] = transposeA ? a.Shape[-1] : a.Shape[-2];
        extents[^1] = transposeB ? b.Shape[-2] : b.Shape[-1];
        Require((transposeA ? a.Shape[-2] : a.Shape[-1]) == (transposeB ? b.Shape[-1] : b.Shape[-2]), a, b, "the inner extents must agree");
        var y = Take(new Shape(extents));
        var count = Matrices(a);
        Require(Matrices(b) == count || b.Shape.Rank == 2, a, b, "there must be one matrix of b for each of a, or one for all");
        for (var i = 0; i < count; i++)
        {
            Multiply(a, i, transposeA, b, Matrices(b) == count ? i : 0, transposeB, y, i, accumulate: false);
        }

        if (Records(a, b))
        {
            (a.Kept, b.Kept) = (true, true);
            Note(new() { Back = &MatMulBack, Output = y, A = a, B = b, Second = transposeA ? 1 : 0, Third = transposeB ? 1 : 0 });
        }

        return y;
    }

    /// <summary>log(softmax(x)) along the last axis, as a new tensor.</summary>
    public Tensor LogSoftmax(Tensor x)
    {
        var y = Take(x.Shape);
        for (var row = 0; row < x.Shape.Rows; row++)
        {
            var from = x.Row(row);
            var to = y.Row(row);
            from.CopyTo(to);
            var largest = kernels.Max(y.Floats + ((long)row * x.Shape.Last), x.Shape.Last);
            var sum = 0.0;
            foreach (var value in from)
            {
                sum += Math.Exp(value - largest);
            }

            var shift = largest + Math.Log(sum);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = (float)(from[i] - shift);
            }
        }

        if (Records(x))
        {
            y.Kept = true;
            Note(new() { Back = &LogSoftmaxBack, Output = y, A = x });
        }

        return y;
    }

    private static int Matrices(Tensor tensor) => checked((int)(tensor.Shape.Count / Math.Max(1, (long)tensor.Shape[-1] * tensor.Shape[-2])));

    private static void MatMulBack(TensorOperations operations, in TapeEntry entry)
    {
        var (a, b, y) = (entry.A!, entry.B!, entry.Output.Gradient!);
        var (transposeA, transposeB) = (entry.Second == 1, entry.Third == 1);
        var (count, oneForAll) = (Matrices(a), Matrices(b) != Matrices(a));
        var (toA, toB) = (a.Learns ? operations.ZeroedGradientOf(a) : null, b.Learns ? operations.ZeroedGradientOf(b) : null);
        for (var i = 0; i < count; i++)
        {
            var j = oneForAll ? 0 : i;
            if (toA is not null && transposeA)
            {
                operations.Multiply(b, j, transposeB, y, i, true, toA, i, accumulate: true);
            }
            else if (toA is not null)
            {
                operations.Multiply(y, i, false, b, j, !transposeB, toA, i, accumulate: true);
            }

            if (toB is not null && transposeB)
            {
                operations.Multiply(y, i, true, a, i, transposeA, toB, j, accumulate: true);
            }
            else if (toB is not null)
            {
                operations.Multiply(a, i, !transposeA, y, i, false, toB, j, accumulate: true);
            }
        }
    }

    private static void LogSoftmaxBack(TensorOperations operations, in TapeEntry entry)
    {
        var (y, gradient) = (entry.Output, entry.Output.Gradient!);
        for (var row = 0; row < y.Shape.Rows; row++)
        {
            var values = y.Row(row);
            var slopes = gradient.Row(row);
            var sum = 0.0;
            foreach (var slope in slopes)
            {
                sum += slope;
            }

            for (var i = 0; i < slopes.Length; i++)
            {
                slopes[i] = (float)(slopes[i] - (Math.Exp(values[i]) * sum));
            }
        }

        operations.Pass(entry.A!, y);
    }

    /// <summary>Matrix number i of one tensor times number j of another into number k of a third.</summary>
    private void Multiply(Tensor a, int i, bool transposeA, Tensor b, int j, bool transposeB, Tensor c, int k, bool accumulate)
    {
        Multiply(new()
        {
            A = a.Floats + ((long)i * a.Shape[-1] * a.Shape[-2]),
            AStride = a.Shape[-1],
            TransposeA = transposeA,
            B = (byte*)(b.Floats + ((long)j * b.Shape[-1] * b.Shape[-2])),
            Format = StorageFormat.F32,
            BRowBytes = StorageFormat.F32.RowBytes(b.Shape[-1]),
            TransposeB = transposeB,
            C = c.Floats + ((long)k * c.Shape[-1] * c.Shape[-2]),
            CStride = c.Shape[-1],
            Accumulate = accumulate,
            Rows = c.Shape[-2],
            Columns = c.Shape[-1],
            Depth = transposeA ? a.Shape[-2] : a.Shape[-1],
        });
        KeepAlive(a, b, c);
    }
}
