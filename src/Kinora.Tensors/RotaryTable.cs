namespace Kinora.Tensors;

/// <summary>
/// Cosines and sines of rotary positions (Su et al., RoFormer, 2021), one row of headSize/2 per position, in the half-split
/// layout of Llama: value i turns with value i + headSize/2.
/// </summary>
/// <remarks>
/// The reference computes in float32: base^(2i/size), its reciprocal, times the position. The same roundings are made here, since at
/// position 10,000 they move the angle by more than 1e-4. Grows when a later position is asked for; positions have no upper limit.
/// Sessions on several threads may share a table: what it has outgrown stays valid until it is disposed.
/// </remarks>
public sealed class RotaryTable : IDisposable
{
    private readonly float[] inverseFrequencies;
    private readonly Lock growing = new();
    private readonly List<Tensor> outgrown = [];
    private volatile Tensor cosines;
    private volatile Tensor sines;
    private volatile int positions;

    /// <summary>Makes an empty table.</summary>
    /// <param name="headSize">Values per head; even.</param>
    /// <param name="theta">The base of the frequencies, 10,000 in Llama.</param>
    /// <exception cref="ArgumentException">An odd head size.</exception>
    public RotaryTable(int headSize, double theta)
    {
        if (headSize <= 0 || headSize % 2 != 0)
        {
            throw new ArgumentException($"Rotary positions need an even head size, not {headSize}.", nameof(headSize));
        }

        inverseFrequencies = new float[headSize / 2];
        for (var i = 0; i < inverseFrequencies.Length; i++)
        {
            inverseFrequencies[i] = 1f / (float)Math.Pow(theta, 2f * i / headSize);
        }

        cosines = Tensor.Allocate(new Shape(0, headSize / 2));
        sines = Tensor.Allocate(new Shape(0, headSize / 2));
    }

    /// <summary>Values per head.</summary>
    public int HeadSize => inverseFrequencies.Length * 2;

    /// <summary>Cosines of positions 0 to the largest that was asked for, [positions, headSize / 2].</summary>
    public Tensor Cosines => cosines;

    /// <summary>Sines, as <see cref="Cosines"/>.</summary>
    public Tensor Sines => sines;

    /// <summary>Bytes of a table that was made at once for this many positions.</summary>
    public static long Bytes(int headSize, int positions) => 2L * StorageFormat.F32.Bytes(new Shape(Size(positions), headSize / 2));

    /// <summary>Makes sure that positions below <paramref name="count"/> are there.</summary>
    public void Reserve(int count)
    {
        if (count > positions)
        {
            lock (growing)
            {
                Grow(count);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        outgrown.ForEach(tensor => tensor.Dispose());
        cosines.Dispose();
        sines.Dispose();
    }

    private static int Size(int positions) => Math.Max(256, positions);

    private void Grow(int count)
    {
        if (count <= positions)
        {
            return;
        }

        // At least twice as many as before, so that one position more at a time doesn't grow it each time.
        var size = Math.Max(Size(count), positions * 2);
        var (newCosines, newSines) = (Tensor.Allocate(new Shape(size, inverseFrequencies.Length)), Tensor.Allocate(new Shape(size, inverseFrequencies.Length)));
        cosines.AsSpan().CopyTo(newCosines.AsSpan());
        sines.AsSpan().CopyTo(newSines.AsSpan());
        for (var position = positions; position < size; position++)
        {
            var cosine = newCosines.Row(position);
            var sine = newSines.Row(position);
            for (var i = 0; i < inverseFrequencies.Length; i++)
            {
                var (s, c) = Math.SinCos(position * inverseFrequencies[i]);
                (cosine[i], sine[i]) = ((float)c, (float)s);
            }
        }

        outgrown.AddRange([cosines, sines]);
        (cosines, sines) = (newCosines, newSines);
        positions = size;
    }
}
