using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Models.Benchmarking;

/// <summary>
/// Weights made up on demand, for models that are only timed: as large as real ones, so that nothing stays in a cache that wouldn't, and
/// small in value, so that activations stay finite. Tensors of one shape and format hold the same numbers, each in memory of its own.
/// </summary>
/// <param name="formatOf">The format for a matrix of this name.</param>
public sealed class RandomTensors(Func<string, StorageFormat> formatOf) : ITensorSource, IDisposable
{
    private readonly Random random = new(1);
    private readonly Dictionary<(Shape Shape, StorageFormat Format), Tensor> made = [];
    private readonly List<Tensor> copies = [];

    /// <inheritdoc/>
    public bool Contains(string name) => true;

    /// <summary>A tensor of this shape: matrices in the format of their name, vectors in 32-bit floats.</summary>
    public unsafe Tensor Take(string name, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var flat = shape.Length < 2 ? new Shape(shape) : new Shape(shape[0], shape.Skip(1).Aggregate((a, b) => a * b));
        var wanted = shape.Length < 2 ? StorageFormat.F32 : formatOf(name);
        var format = wanted.IsQuantised() && flat.Last % StorageFormats.BlockLength != 0 ? StorageFormat.BF16 : wanted;
        if (!made.TryGetValue((flat, format), out var first))
        {
            using var values = Tensor.Allocate(flat, zeroed: false);
            var deviation = 1 / MathF.Sqrt(flat.Last);
            foreach (ref var value in values.AsSpan())
            {
                value = ((random.NextSingle() * 2) - 1) * deviation;
            }

            first = made[(flat, format)] = StorageConversion.Convert(values, format);
        }

        var copy = Tensor.Allocate(flat, format, zeroed: false);
        Buffer.MemoryCopy(first.Pointer, copy.Pointer, copy.Bytes, copy.Bytes);
        copies.Add(copy);
        return copy.Reshape(new Shape(shape));
    }

    /// <inheritdoc/>
    public void PutAside(string name)
    {
        // What was made in memory would be lost.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        copies.ForEach(tensor => tensor.Dispose());
        foreach (var tensor in made.Values)
        {
            tensor.Dispose();
        }
    }
}
