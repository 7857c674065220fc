using Kinora.Tensors.Autograd;
using Kinora.Tensors.Operations;

namespace Kinora.Tensors;

/// <content>Functions and arithmetic value by value. Plain loops: losses and rare layers use them, not the hot paths.</content>
public sealed unsafe partial class TensorOperations
{
    /// <summary>A function of each value, as a new tensor.</summary>
    public Tensor Apply(Tensor x, PointFunction function)
    {
        var y = Take(x.Shape);
        for (var i = 0L; i < x.Shape.Count; i++)
        {
            y.Floats[i] = (float)Value(function, x.Floats[i]);
        }

        KeepAlive(x);
        if (Records(x))
        {
            (x.Kept, y.Kept) = (true, true);
            Note(new() { Back = &ApplyBack, Output = y, A = x, Second = (int)function });
        }

        return y;
    }

    /// <summary>Combines two tensors; axes are matched from the last on, and one of extent 1, or missing, is repeated.</summary>
    /// <returns>A new tensor of the larger extents.</returns>
    /// <exception cref="ArgumentException">Extents that neither agree nor are 1.</exception>
    public Tensor Combine(Tensor a, Arithmetic operation, Tensor b)
    {
        var shape = Broadcast(a, b);
        var y = Take(shape);
        for (var i = 0L; i < shape.Count; i++)
        {
            var (left, right) = (a.Floats[Offset(i, shape, a.Shape)], b.Floats[Offset(i, shape, b.Shape)]);
            y.Floats[i] = operation switch
            {
                Arithmetic.Add => left + right,
                Arithmetic.Subtract => left - right,
                Arithmetic.Multiply => left * right,
                _ => left / right,
            };
        }

        KeepAlive(a, b);
        if (Records(a, b))
        {
            (a.Kept, b.Kept) = (true, true);
            Note(new() { Back = &CombineBack, Output = y, A = a, B = b, Second = (int)operation });
        }

        return y;
    }

    /// <summary>factor * x. Takes the place of <paramref name="x"/> where no gradient needs it.</summary>
    public Tensor Scale(Tensor x, float factor)
    {
        var records = Records(x);
        var y = InPlaceOf(x, records);
        Run(new() { Operation = RowWork.Kind.Scale, X = x.Floats, Y = y.Floats, Epsilon = factor }, x.Shape);
        KeepAlive(x);
        if (records)
        {
            Note(new() { Back = &ScaleBack, Output = y, A = x, Factor = factor, InPlace = x == y });
        }

        return y;
    }

    /// <summary>
    /// While recording, sets values to zero with the given probability and divides the rest by the probability of staying (Srivastava
    /// et al. 2014); else nothing happens. Which values is a function of the tape's <see cref="Tape.DropoutSeed"/> and their place alone.
    /// </summary>
    /// <returns>A new tensor, since <paramref name="x"/> is often read by others too: the layer beside an adapter, the next layers. <paramref name="x"/> itself where nothing happens.</returns>
    public Tensor Dropout(Tensor x, float rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rate, 1f);
        if (tape is null || rate == 0)
        {
            return x;
        }

        var seed = tape.DropoutSeed++;
        var y = Take(x.Shape);
        Drop(x, y, rate, seed);
        if (Records(x))
        {
            Note(new() { Back = &DropoutBack, Output = y, A = x, Factor = rate, First = (long)seed });
        }

        return y;
    }

    private static double Value(PointFunction function, double x) => function switch
    {
        PointFunction.Relu => Math.Max(x, 0),
        PointFunction.Tanh => Math.Tanh(x),
        PointFunction.Sigmoid => 1 / (1 + Math.Exp(-x)),
        PointFunction.LogSigmoid => Math.Min(x, 0) - Math.Log(1 + Math.Exp(-Math.Abs(x))),
        PointFunction.Exp => Math.Exp(x),
        PointFunction.Log => Math.Log(x),
        PointFunction.Square => x * x,
        PointFunction.SquareRoot => Math.Sqrt(x),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "Unknown function."),
    };

    private static double Slope(PointFunction function, double x) => function switch
    {
        PointFunction.Relu => x > 0 ? 1 : 0,
        PointFunction.Tanh => 1 - (Math.Tanh(x) * Math.Tanh(x)),
        PointFunction.Sigmoid => Value(PointFunction.Sigmoid, x) * Value(PointFunction.Sigmoid, -x),
        PointFunction.LogSigmoid => Value(PointFunction.Sigmoid, -x),
        PointFunction.Exp => Math.Exp(x),
        PointFunction.Log => 1 / x,
        PointFunction.Square => 2 * x,
        PointFunction.SquareRoot => 0.5 / Math.Sqrt(x),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "Unknown function."),
    };

    private static Shape Broadcast(Tensor a, Tensor b)
    {
        var rank = Math.Max(a.Shape.Rank, b.Shape.Rank);
        Span<int> extents = stackalloc int[rank];
        for (var axis = 1; axis <= rank; axis++)
        {
            var (left, right) = (axis > a.Shape.Rank ? 1 : a.Shape[-axis], axis > b.Shape.Rank ? 1 : b.Shape[-axis]);
            Require(left == right || left == 1 || right == 1, a, b, "extents must agree or be 1");
            extents[^axis] = left == 1 ? right : left;
        }

        return new Shape(extents);
    }

    /// <summary>Where value number i of the larger shape lies in a tensor that is repeated along some axes.</summary>
    private static long Offset(long i, Shape whole, Shape part)
    {
        var (offset, stride) = (0L, 1L);
        for (var axis = 1; axis <= part.Rank; axis++)
        {
            var (rest, place) = Math.DivRem(i, whole[-axis]);
            (offset, stride) = (offset + (part[-axis] == 1 ? 0 : place * stride), stride * part[-axis]);
            i = rest;
        }

        return offset;
    }

    private static void ApplyBack(TensorOperations operations, in TapeEntry entry)
    {
        var x = entry.A!.Floats;
        var gradient = entry.Output.Gradient!.Floats;
        for (var i = 0L; i < entry.A.Shape.Count; i++)
        {
            gradient[i] = (float)(gradient[i] * Slope((PointFunction)entry.Second, x[i]));
        }

        operations.Pass(entry.A, entry.Output);
    }

    private static void CombineBack(TensorOperations operations, in TapeEntry entry)
    {
        var (a, b, y, operation) = (entry.A!, entry.B!, entry.Output.Gradient!, (Arithmetic)entry.Second);
        var toA = a.Learns ? operations.ZeroedGradientOf(a) : null;
        var toB = b.Learns ? operations.ZeroedGradientOf(b) : null;
        for (var i = 0L; i < y.Shape.Count; i++)
        {
            var (atA, atB, gradient) = (Offset(i, y.Shape, a.Shape), Offset(i, y.Shape, b.Shape), y.Floats[i]);
            var (left, right) = (a.Floats[atA], b.Floats[atB]);
            if (toA is not null)
            {
                toA.Floats[atA] += operation switch { Arithmetic.Multiply => gradient * right, Arithmetic.Divide => gradient / right, _ => gradient };
            }

            if (toB is not null)
            {
                toB.Floats[atB] += operation switch
                {
                    Arithmetic.Add => gradient,
                    Arithmetic.Subtract => -gradient,
                    Arithmetic.Multiply => gradient * left,
                    _ => -gradient * left / (right * right),
                };
            }
        }

        KeepAlive(a, b, y);
    }

    private static void ScaleBack(TensorOperations operations, in TapeEntry entry)
    {
        var gradient = entry.Output.Gradient!;
        operations.Run(new() { Operation = RowWork.Kind.Scale, X = gradient.Floats, Y = gradient.Floats, Epsilon = entry.Factor }, gradient.Shape);
        operations.Pass(entry.A!, entry.Output);
    }

    private static void DropoutBack(TensorOperations operations, in TapeEntry entry)
    {
        var gradient = entry.Output.Gradient!;
        operations.Drop(gradient, gradient, entry.Factor, (ulong)entry.First);
        operations.Pass(entry.A!, entry.Output);
    }

    private void Drop(Tensor x, Tensor y, float rate, ulong seed)
    {
        Run(new() { Operation = RowWork.Kind.Dropout, X = x.Floats, Y = y.Floats, Epsilon = rate, Seed = seed }, x.Shape);
        KeepAlive(x, y);
    }
}
