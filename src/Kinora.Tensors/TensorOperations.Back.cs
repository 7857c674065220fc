using Kinora.Tensors.Autograd;
using Kinora.Tensors.Operations;

namespace Kinora.Tensors;

/// <content>The way back through the operations that models are made of.</content>
public sealed unsafe partial class TensorOperations
{
    private static void LinearBack(TensorOperations operations, in TapeEntry entry)
    {
        var (y, x, weight) = (entry.Output.Gradient!, entry.A!, entry.B!);
        var (rows, outputs, inputs) = (y.Shape.Rows, weight.Shape.Rows, weight.Shape.Last);
        if (entry.C is { Learns: true } bias)
        {
            operations.SumRepeated(y, bias, 1);
        }

        if (weight.Learns)
        {
            var gradient = operations.GradientOf(weight, out var accumulate);
            operations.Multiply(new()
            {
                A = y.Floats, AStride = outputs, TransposeA = true,
                B = x.Pointer, Format = StorageFormat.F32, BRowBytes = StorageFormat.F32.RowBytes(inputs),
                C = gradient.Floats, CStride = inputs, Accumulate = accumulate,
                Rows = outputs, Columns = inputs, Depth = rows,
            });
        }

        if (x.Learns)
        {
            var gradient = operations.GradientOf(x, out var accumulate);
            operations.Multiply(new()
            {
                A = y.Floats, AStride = outputs,
                B = weight.Pointer, Format = weight.Format, BRowBytes = weight.Format.RowBytes(inputs),
                C = gradient.Floats, CStride = inputs, Accumulate = accumulate,
                Rows = rows, Columns = inputs, Depth = outputs,
            });
        }

        KeepAlive(x, weight, y);
    }

    private static void NormBack(TensorOperations operations, in TapeEntry entry)
    {
        var (y, x, weight) = (entry.Output.Gradient!, entry.A!, entry.B!);
        if (entry.C is { Learns: true } bias)
        {
            operations.SumRepeated(y, bias, 1);
        }

        var accumulate = false;
        var gradient = x.Learns ? operations.GradientOf(x, out accumulate) : null;
        var addWeight = false;
        var weightGradient = weight.Learns ? operations.GradientOf(weight, out addWeight) : null;
        NormGradient.Run(operations.kernels, operations.pool, new()
        {
            X = x.Floats,
            Weight = weight.Floats,
            Centered = entry.C is not null,
            Dy = y.Floats,
            Dx = gradient is null ? null : gradient.Floats,
            Accumulate = accumulate,
            Rows = x.Shape.Rows,
            Length = x.Shape.Last,
            Epsilon = entry.Factor,
            KernelIndex = operations.kernels.Index,
        }, weightGradient is null ? null : weightGradient.Floats, addWeight);
        KeepAlive(x, weight, y);
        KeepAlive(weight, gradient, weightGradient);
    }

    private static void SoftmaxBack(TensorOperations operations, in TapeEntry entry)
    {
        operations.BackInPlace(RowWork.Kind.SoftmaxBack, entry.Output, entry.Output);
        operations.Pass(entry.A!, entry.Output);
    }

    private static void ActivateBack(TensorOperations operations, in TapeEntry entry)
    {
        operations.BackInPlace(RowWork.Kind.ActivateBack, entry.Output, entry.A!, (Activation)entry.Second);
        operations.Pass(entry.A!, entry.Output);
    }

    private static void SiluGateBack(TensorOperations operations, in TapeEntry entry)
    {
        var (gate, up, y) = (entry.A!, entry.B!, entry.Output.Gradient!);
        var (addGate, addUp) = (false, false);
        var dGate = gate.Learns ? operations.GradientOf(gate, out addGate) : null;
        var dUp = up.Learns ? operations.GradientOf(up, out addUp) : null;
        var work = new SiluGateGradient
        {
            Gate = gate.Floats,
            Up = up.Floats,
            Dy = y.Floats,
            DGate = dGate is null ? null : dGate.Floats,
            DUp = dUp is null ? null : dUp.Floats,
            AddGate = addGate,
            AddUp = addUp,
            Count = y.Shape.Count,
            KernelIndex = operations.kernels.Index,
        };
        operations.pool.Run(work.Chunks, ref work);
        KeepAlive(gate, up, y);
        KeepAlive(y, dGate, dUp);
    }

    private static void AddBack(TensorOperations operations, in TapeEntry entry)
    {
        var (x, y, sum) = (entry.A!, entry.B!, entry.Output);
        if (x != sum)
        {
            operations.AddGradient(x, sum.Gradient!);
        }

        if (entry.InPlace)
        {
            if (y != sum)
            {
                operations.AddGradient(y, sum.Gradient!);
            }
        }
        else
        {
            operations.Pass(y, sum);
        }
    }

    private static void AddRepeatedBack(TensorOperations operations, in TapeEntry entry)
    {
        if (entry.B!.Learns)
        {
            operations.SumRepeated(entry.Output.Gradient!, entry.B, entry.Second);
        }

        operations.Pass(entry.A!, entry.Output);
    }

    private void Multiply(in GeneralProductArguments arguments)
    {
        Flops += 2.0 * arguments.Rows * arguments.Columns * arguments.Depth;
        GeneralProduct.Run(kernels, pool, arguments);
    }

    /// <summary>Turns the gradient of an output into that of its input, row by row where it lies.</summary>
    private void BackInPlace(RowWork.Kind kind, Tensor output, Tensor values, Activation activation = Activation.None)
    {
        var gradient = output.Gradient!;
        Run(new() { Operation = kind, X = values.Floats, Y = gradient.Floats, Activation = activation }, gradient.Shape);
        KeepAlive(values, gradient);
    }

    /// <summary>Adds row r of y to row r mod period of the target's gradient.</summary>
    private void SumRepeated(Tensor y, Tensor target, int period)
    {
        var whole = target.Shape.Count == (long)period * y.Shape.Last;
        var accumulate = true;
        var gradient = whole ? GradientOf(target, out accumulate) : ZeroedGradientOf(target);
        var work = new RepeatedSum { Source = y.Floats, Target = gradient.Floats, Rows = y.Shape.Rows, Length = y.Shape.Last, Period = period, Accumulate = accumulate, KernelIndex = kernels.Index };
        pool.Run(work.Chunks, ref work);
        KeepAlive(y, target, gradient);
    }
}
