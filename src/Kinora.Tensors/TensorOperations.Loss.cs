using Kinora.Tensors.Autograd;
using Kinora.Tensors.Operations;

namespace Kinora.Tensors;

/// <content>Losses over a vocabulary, fused with the output head.</content>
public sealed unsafe partial class TensorOperations
{
    /// <summary>Logits that exist at a time, in floats.</summary>
    private const int LossBlockFloats = 1 << 22;

    /// <summary>
    /// The cross-entropy of each row's next token. The logits are made and used up a few rows at a time. While recording, the gradient
    /// of the sum of factors[row] * losses[row] is put at once where it belongs, into that of <paramref name="hidden"/> and of the head:
    /// losses are where going back begins.
    /// </summary>
    /// <param name="hidden">[rows, width]: what the head reads, of the rows that have a label only.</param>
    /// <param name="head">[vocabulary, width].</param>
    /// <param name="labels">The right token of each row.</param>
    /// <param name="losses">Receives -log p(label) of each row.</param>
    /// <param name="factors">What each row's loss counts in the gradient; empty: no gradient is wanted.</param>
    /// <exception cref="ArgumentOutOfRangeException">A label that the vocabulary hasn't.</exception>
    public void CrossEntropy(Tensor hidden, Tensor head, ReadOnlySpan<int> labels, Span<float> losses, ReadOnlySpan<float> factors = default)
    {
        var (rows, vocabulary, width) = (hidden.Shape.Rows, head.Shape.Rows, head.Shape.Last);
        Require(hidden.Shape.Last == width && labels.Length == rows && losses.Length == rows, hidden, head, "rows must be as long as the head's, with one label each");
        foreach (var label in labels)
        {
            if ((uint)label >= (uint)vocabulary)
            {
                throw new ArgumentOutOfRangeException(nameof(labels), $"The label {label} is outside the vocabulary of {vocabulary}.");
            }
        }

        if (rows == 0)
        {
            return;
        }

        var back = !factors.IsEmpty && Records(hidden, head);
        Require(factors.IsEmpty || factors.Length == rows, hidden, head, "there must be one factor per row");
        var (addHidden, addHead) = (false, false);
        var toHidden = back && hidden.Learns ? GradientOf(hidden, out addHidden) : null;
        var toHead = back && head.Learns ? GradientOf(head, out addHead) : null;
        var blockRows = Math.Clamp(LossBlockFloats / vocabulary, 16, Math.Max(16, rows));
        var frame = workspace.Begin();
        var room = New(Math.Min(blockRows, rows), vocabulary);
        for (var first = 0; first < rows; first += blockRows)
        {
            var count = Math.Min(blockRows, rows - first);
            Cancellation.ThrowIfCancellationRequested();
            Flops += 2.0 * count * head.Shape.Count;
            MatrixProduct.Run(kernels, pool, hidden.Floats + ((long)first * width), count, head, null, room.Floats, Activation.None);
            fixed (int* label = labels[first..])
            fixed (float* loss = losses[first..])
            fixed (float* factor = factors.IsEmpty ? factors : factors[first..])
            {
                var work = new TokenLoss { Logits = room.Floats, Rows = count, Vocabulary = vocabulary, Labels = label, Losses = loss, Factors = back ? factor : null, KernelIndex = kernels.Index };
                pool.Run(work.Chunks, ref work);
            }

            if (toHidden is not null)
            {
                Multiply(new()
                {
                    A = room.Floats, AStride = vocabulary,
                    B = head.Pointer, Format = head.Format, BRowBytes = head.Format.RowBytes(width),
                    C = toHidden.Floats + ((long)first * width), CStride = width, Accumulate = addHidden,
                    Rows = count, Columns = width, Depth = vocabulary,
                });
            }

            if (toHead is not null)
            {
                Multiply(new()
                {
                    A = room.Floats, AStride = vocabulary, TransposeA = true,
                    B = (byte*)(hidden.Floats + ((long)first * width)), Format = StorageFormat.F32, BRowBytes = StorageFormat.F32.RowBytes(width),
                    C = toHead.Floats, CStride = width, Accumulate = addHead || first > 0,
                    Rows = vocabulary, Columns = width, Depth = count,
                });
            }
        }

        frame.Release();
        KeepAlive(hidden, head, toHidden);
        KeepAlive(room, toHead);
    }
}
