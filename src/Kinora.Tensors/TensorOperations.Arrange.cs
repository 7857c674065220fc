using Kinora.Tensors.Autograd;

namespace Kinora.Tensors;

/// <content>Values in another order, sums, and products of any shape. Plain loops but for the products.</content>
public sealed unsafe partial class TensorOperations
{
    /// <summary>Value by value from anywhere: transposed axes, slices, repeated heads. A stride of 0 repeats.</summary>
    /// <param name="x">Where from.</param>
    /// <param name="shape">What comes out.</param>
    /// <param name="strides">By how many values of <paramref name="x"/> a step along each axis of the result goes on.</param>
    /// <param name="offset">The value at the result's beginning.</param>
    /// <returns>A new tensor of the shape.</returns>
    /// <exception cref="ArgumentException">The strides lead out of the tensor.</exception>
    public Tensor Arrange(Tensor x, Shape shape, ReadOnlySpan<int> strides, int offset = 0)
    {
        var last = (long)offset;
        for (var axis = 0; axis < shape.Rank && shape.Count > 0; axis++)
        {
            last += (long)strides[axis] * (shape[axis] - 1);
        }

        if (strides.Length != shape.Rank || strides.ContainsAnyExceptInRange(0, int.MaxValue) || offset < 0 || (shape.Count > 0 && last >= x.Shape.Count))
        {
            throw new ArgumentException($"The strides [{string.Join(", ", strides.ToArray())}] from {offset} on lead out of a tensor of shape {x.Shape}.", nameof(strides));
        }

        var y = Take(shape);
        for (var i = 0L; i < shape.Count; i++)
        {
            y.Floats[i] = x.Floats[offset + At(i, shape, strides)];
        }

        KeepAlive(x);
        if (Records(x))
        {
            var kept = Take(new Shape(strides.Length));
            strides.CopyTo(new Span<int>(kept.Pointer, strides.Length));
            Note(new() { Back = &ArrangeBack, Output = y, A = x, Saved = kept, First = offset });
        }

        return y;
    }

    /// <summary>The same values under another shape, as a new tensor.</summary>
    public Tensor Reshape(Tensor x, Shape shape)
    {
        if (shape.Count != x.Shape.Count)
        {
            throw new ArgumentException($"A tensor of shape {x.Shape} can't be seen as {shape}.", nameof(shape));
        }

        var y = Take(shape);
        Convert(x, y);
        if (Records(x))
        {
            Note(new() { Back = &ReshapeBack, Output = y, A = x });
        }

        return y;
    }

    /// <summary>Puts tensors one behind the other along an axis, counted from the end if it is negative; all other extents agree.</summary>
    public Tensor Concatenate(int axis, params ReadOnlySpan<Tensor> parts)
    {
        axis = axis < 0 ? axis + parts[0].Shape.Rank : axis;
        Span<int> extents = stackalloc int[parts[0].Shape.Rank];
        for (var i = 0; i < extents.Length; i++)
        {
            extents[i] = parts[0].Shape[i];
        }

        extents[axis] = 0;
        var inner = 1;
        foreach (var part in parts)
        {
            extents[axis] += part.Shape[axis];
        }

        for (var i = axis + 1; i < extents.Length; i++)
        {
            inner *= extents[i];
        }

        var y = Take(new Shape(extents));
        if (IsDry)
        {
            return y;
        }

        var (total, place) = (extents[axis] * inner, 0);
        for (var i = 0; i < parts.Length; i++)
        {
            var (part, length) = (parts[i], parts[i].Shape[axis] * inner);
            for (var block = 0; block < part.Shape.Count / Math.Max(1, length); block++)
            {
                new ReadOnlySpan<float>(part.Floats + ((long)block * length), length).CopyTo(new Span<float>(y.Floats + ((long)block * total) + place, length));
            }

            if (Records(part))
            {
                // The first entry is the last on the way back: until then the gradient of the whole is needed.
                Note(new() { Back = &ConcatenateBack, Output = y, A = part, First = place, Second = length, Third = total, InPlace = i > 0 });
            }

            KeepAlive(part);
            place += length;
        }

        return y;
    }

    /// <summary>The sum of all values, [1], or along an axis, which vanishes.</summary>
    public Tensor Sum(Tensor x, int? axis = null) => Reduce(x, axis, 1f);

    /// <summary>The mean of all values, [1], or along an axis, which vanishes.</summary>
    public Tensor Mean(Tensor x, int? axis = null) => Reduce(x, axis, 1f / (axis is { } one ? x.Shape[one] : x.Shape.Count));

    private static long At(long i, Shape shape, ReadOnlySpan<int> strides)
    {
        var offset = 0L;
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            (i, var place) = Math.DivRem(i, shape[axis]);
            offset += place * strides[axis];
        }

        return offset;
    }

    private static void ArrangeBack(TensorOperations operations, in TapeEntry entry)
    {
        var (y, gradient) = (entry.Output.Gradient!, operations.ZeroedGradientOf(entry.A!));
        var strides = new ReadOnlySpan<int>(entry.Saved!.Pointer, y.Shape.Rank);
        for (var i = 0L; i < y.Shape.Count; i++)
        {
            gradient.Floats[entry.First + At(i, y.Shape, strides)] += y.Floats[i];
        }

        KeepAlive(y, gradient, entry.Saved);
    }

    private static void ReshapeBack(TensorOperations operations, in TapeEntry entry) => operations.AddGradient(entry.A!, entry.Output.Gradient!);

    private static void ConcatenateBack(TensorOperations operations, in TapeEntry entry)
    {
        var (part, y) = (entry.A!, entry.Output.Gradient!);
        var gradient = operations.ZeroedGradientOf(part);
        for (var block = 0L; block < part.Shape.Count / Math.Max(1, entry.Second); block++)
        {
            var target = gradient.Floats + (block * entry.Second);
            operations.kernels.Add(target, y.Floats + (block * entry.Third) + entry.First, target, entry.Second);
        }

        KeepAlive(part, y);
    }

    private static void ReduceBack(TensorOperations operations, in TapeEntry entry)
    {
        var (y, gradient, length, inner) = (entry.Output.Gradient!, operations.ZeroedGradientOf(entry.A!), entry.Second, entry.Third);
        for (var i = 0L; i < gradient.Shape.Count; i++)
        {
            gradient.Floats[i] += y.Floats[(i / (length * (long)inner) * inner) + (i % inner)] * entry.Factor;
        }

        KeepAlive(y, gradient);
    }

    private Tensor Reduce(Tensor x, int? axis, float factor)
    {
        var (length, inner) = (checked((int)x.Shape.Count), 1);
        var shape = new Shape(1);
        if (axis is { } along)
        {
            along = along < 0 ? along + x.Shape.Rank : along;
            length = x.Shape[along];
            Span<int> extents = stackalloc int[x.Shape.Rank - 1];
            for (var i = 0; i < extents.Length; i++)
            {
                extents[i] = x.Shape[i < along ? i : i + 1];
                inner *= i < along ? 1 : extents[i];
            }

            shape = new Shape(extents);
        }

        var y = Take(shape);
        for (var i = 0L; i < shape.Count; i++)
        {
            var (first, sum) = ((i / inner * inner * length) + (i % inner), 0.0);
            for (var j = 0L; j < length; j++)
            {
                sum += x.Floats[first + (j * inner)];
            }

            y.Floats[i] = (float)(sum * factor);
        }

        KeepAlive(x);
        if (Records(x))
        {
            Note(new() { Back = &ReduceBack, Output = y, A = x, Factor = factor, Second = length, Third = inner });
        }

        return y;
    }
}
