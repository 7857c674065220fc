using Kinora.Tensors.Autograd;
using Kinora.Tensors.Operations;
using Kinora.Tensors.Planning;

namespace Kinora.Tensors;

/// <content>Recording, blocks that are computed again, and where gradients go.</content>
public sealed unsafe partial class TensorOperations
{
    private Tape? tape;
    private bool paused;

    /// <summary>Records operations from now until the result is disposed, when their activations are given back.</summary>
    /// <param name="onto">Where; what it held is forgotten.</param>
    /// <exception cref="InvalidOperationException">Something is recording already, or nothing is computed (a <see cref="DryRun"/>).</exception>
    public Recording Record(Tape onto)
    {
        if (tape is not null || IsDry)
        {
            throw new InvalidOperationException(IsDry ? "A dry run computes nothing, so there is no gradient." : "These operations are being recorded already.");
        }

        onto.Clear();
        tape = onto;
        return new(this, onto);
    }

    /// <summary>Runs a part of a model. If a tape that recomputes blocks is recording, its input is all that is kept; it is then changed in place.</summary>
    /// <param name="part">The part.</param>
    /// <param name="x">Its input, which may be changed.</param>
    /// <param name="sequences">How the rows divide; unchanged until going back is done.</param>
    public Tensor Run(IRecomputable part, Tensor x, Sequences sequences)
    {
        // Where the input needs no gradient nothing comes back through the part as a whole; what learns inside is recorded as usual.
        if (tape is not { RecomputesBlocks: true } recording || paused || !x.Learns || x.Kept)
        {
            return part.Forward(this, x, sequences);
        }

        var saved = workspace.Take(x.Shape, recording.RoundsKeptInputs ? StorageFormat.BF16 : StorageFormat.F32);
        Convert(x, saved);
        if (recording.RoundsKeptInputs)
        {
            Convert(saved, x);
        }

        var seed = recording.DropoutSeed;
        paused = true;
        using (workspace.Begin())
        {
            var y = part.Forward(this, x, sequences);
            if (y != x)
            {
                Convert(y, x);
            }
        }

        paused = false;
        Note(new() { Back = &RunBack, Output = x, Saved = saved, Part = part, Sequences = sequences, First = (long)seed, InPlace = true });
        return x;
    }

    /// <summary>Says that the loss's gradient with respect to a recorded result is this, or this more: where going back begins.</summary>
    /// <param name="result">What was computed.</param>
    /// <param name="gradient">As many F32 values.</param>
    public void Seed(Tensor result, Tensor gradient)
    {
        Require(result.Shape.Count == gradient.Shape.Count, result, gradient, "a gradient has as many values as its tensor");
        AddGradient(result, gradient);
    }

    internal void StopRecording() => (tape, paused) = (null, false);

    /// <summary>The memory that a gradient belongs into, and whether something is there already to be added to.</summary>
    internal Tensor GradientOf(Tensor tensor, out bool accumulate)
    {
        accumulate = tensor.Gradient is not null;
        return tensor.Gradient ??= tensor.GradientHome ?? tape!.TakeGradient(tensor.Shape);
    }

    /// <summary>The memory that a gradient is added to, zeros at first.</summary>
    internal Tensor ZeroedGradientOf(Tensor tensor)
    {
        var gradient = GradientOf(tensor, out var accumulate);
        if (!accumulate)
        {
            NativeClear(gradient);
        }

        return gradient;
    }

    /// <summary>Adds values to a tensor's gradient, if it learns.</summary>
    internal void AddGradient(Tensor tensor, Tensor values)
    {
        if (!tensor.Learns)
        {
            return;
        }

        var gradient = GradientOf(tensor, out var accumulate);
        if (accumulate)
        {
            Run(new() { Operation = RowWork.Kind.Add, X = gradient.Floats, Weight = values.Floats, Y = gradient.Floats }, values.Shape);
            KeepAlive(gradient, values);
        }
        else
        {
            Convert(values, gradient);
        }
    }

    /// <summary>Gives the gradient of an output, which nobody needs any more, to an input of as many values.</summary>
    internal void Pass(Tensor input, Tensor output)
    {
        if (input == output || !input.Learns)
        {
            return;
        }

        if (input.Gradient is null && input.GradientHome is null && input.Shape == output.Shape && output.GradientHome is null)
        {
            (input.Gradient, output.Gradient) = (output.Gradient, null);
        }
        else
        {
            AddGradient(input, output.Gradient!);
        }
    }

    /// <summary>Gives a tensor a gradient that was computed apart, in memory of the tape's.</summary>
    internal void TakeOver(Tensor tensor, Tensor gradient)
    {
        if (tensor is { Learns: true, Gradient: null, GradientHome: null })
        {
            tensor.Gradient = gradient;
            return;
        }

        AddGradient(tensor, gradient);
        tape!.Return(gradient);
    }

    private static void RunBack(TensorOperations operations, in TapeEntry entry)
    {
        var (tape, x) = (operations.tape!, entry.Output);
        var gradient = x.Gradient;
        var seed = tape.DropoutSeed;
        var first = tape.Count;
        var frame = operations.workspace.Begin();
        var again = operations.Take(x.Shape);
        operations.Convert(entry.Saved!, again);
        again.Learns = true;
        tape.DropoutSeed = (ulong)entry.First;
        x.Gradient = null;
        var y = entry.Part!.Forward(operations, again, entry.Sequences);
        y.Gradient = gradient;
        tape.GoBack(operations, first);
        (x.Gradient, again.Gradient) = (again.Gradient, null);
        tape.DropoutSeed = seed;
        frame.Release();
    }

    private static void NativeClear(Tensor tensor) => System.Runtime.InteropServices.NativeMemory.Clear(tensor.Pointer, (nuint)tensor.Bytes);

    private bool Records(Tensor first, Tensor? second = null, Tensor? third = null)
        => tape is not null && !paused && (first.Learns || second is { Learns: true } || third is { Learns: true });

    private void Note(in TapeEntry entry)
    {
        entry.Output.Learns = true;
        tape!.Add(entry);
        workspace.Recorded++;
    }

    /// <summary>Where a result goes that may take the place of x: x itself, unless going back needs its values or its gradient is another's.</summary>
    private Tensor InPlaceOf(Tensor x, bool records) => x.Kept || (records && !x.Learns) ? Take(x.Shape) : x;

    /// <summary>Copies values between F32 and F32 or BF16 tensors of one shape.</summary>
    private void Convert(Tensor from, Tensor to)
    {
        var kind = from.Format == to.Format ? RowWork.Kind.Copy : from.Format == StorageFormat.F32 ? RowWork.Kind.Narrow : RowWork.Kind.Widen;
        Run(new() { Operation = kind, X = (float*)from.Pointer, Y = (float*)to.Pointer }, from.Shape);
        KeepAlive(from, to);
    }
}
