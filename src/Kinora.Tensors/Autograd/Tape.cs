namespace Kinora.Tensors.Autograd;

/// <summary>
/// What operations write down while a loss is computed, so that its gradient can be taken back through them (reverse-mode
/// differentiation). Only what leads from a parameter to the loss is written down: frozen parts run as they do without a tape.
/// Entries and buffers are used again from step to step.
/// </summary>
/// <remarks>One tape serves one <see cref="TensorOperations"/> at a time, from one thread.</remarks>
public sealed class Tape : IDisposable
{
    private readonly GradientPool gradients = new();
    private TapeEntry[] entries = new TapeEntry[256];
    private int count;

    /// <summary>Whether blocks keep their input only and compute the rest again on the way back (Chen et al., "Training deep nets with sublinear memory cost", 2016).</summary>
    public bool RecomputesBlocks { get; init; }

    /// <summary>Whether what recomputed blocks keep is rounded to bfloat16, on the way forward as well, so that both ways see the same values. Halves that memory.</summary>
    public bool RoundsKeptInputs { get; init; }

    /// <summary>The seed of the next dropout: set it before each forward pass to something that a resumed run sets again.</summary>
    public ulong DropoutSeed { get; set; }

    /// <summary>Bytes held for gradients of activations.</summary>
    public long GradientBytes => gradients.Bytes;

    /// <inheritdoc/>
    public void Dispose() => gradients.Dispose();

    internal int Count => count;

    internal void Add(in TapeEntry entry)
    {
        if (count == entries.Length)
        {
            Array.Resize(ref entries, 2 * count);
        }

        entries[count++] = entry;
    }

    internal Tensor TakeGradient(Shape shape) => gradients.Take(shape);

    internal void Return(Tensor gradient) => gradients.Return(gradient);

    internal void Release(Tensor tensor)
    {
        if (tensor.Gradient is { } gradient && tensor.GradientHome is null)
        {
            tensor.Gradient = null;
            gradients.Return(gradient);
        }
    }

    /// <summary>Takes the gradients back through all entries from the last to number <paramref name="first"/>, which are forgotten.</summary>
    internal unsafe void GoBack(TensorOperations operations, int first)
    {
        while (count > first)
        {
            var entry = entries[--count];
            entries[count] = default;
            if (entry.Output.Gradient is not null)
            {
                entry.Back(operations, entry);
            }

            if (!entry.InPlace)
            {
                Release(entry.Output);
            }
        }
    }

    internal void Clear()
    {
        Array.Clear(entries, 0, count);
        count = 0;
        gradients.ReturnAll();
    }
}
