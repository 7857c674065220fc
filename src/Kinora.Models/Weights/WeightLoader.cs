using Kinora.Models.Adapters;
using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Models.Weights;

/// <summary>
/// Takes tensors out of a checkpoint in the format that the user chose. Vectors (norms and biases) always become 32-bit floats.
/// What is converted belongs to this object; the rest stays in the mapped files.
/// </summary>
public sealed class WeightLoader : IDisposable
{
    private readonly ITensorSource source;
    private readonly WeightFormat format;
    private readonly List<Tensor> converted = [];
    private readonly Dictionary<WeightPart, long> convertedBytes = [];
    private readonly Dictionary<(WeightPart Part, StorageFormat Format), (long Values, long Bytes)> sizes = [];
    private readonly Dictionary<string, Tensor> taken = [];
    private readonly Dictionary<string, LinearLayer> layers = [];

    /// <summary>Prepares loading.</summary>
    /// <param name="source">Where the tensors are; must outlive them.</param>
    /// <param name="format">How to keep matrices.</param>
    public WeightLoader(ITensorSource source, WeightFormat format) => (this.source, this.format) = (source, format);

    /// <summary>Called with the bytes taken so far after each tensor: loading with conversion takes its time.</summary>
    public Action<long>? Progress { get; init; }

    /// <summary>Whether only sizes are wanted: what would be converted gets no memory.</summary>
    public bool Dry { get; init; }

    /// <summary>Asked for the F32 memory of each tensor by name and shape; null leaves it to this object. Training lets what learns lie in memory of its own.</summary>
    public Func<string, Shape, Tensor?>? Home { get; init; }

    /// <summary>What was taken, by the checkpoint's names; zeros that stand in for what a checkpoint may leave out aren't counted.</summary>
    public IReadOnlyDictionary<string, Tensor> Taken => taken;

    /// <summary>The linear layers, by the checkpoint's names without <c>.weight</c>: adapters are attached to them.</summary>
    public IReadOnlyDictionary<string, LinearLayer> Layers => layers;

    /// <summary>The low-rank updates that the checkpoint holds beside its layers.</summary>
    public StoredAdapters Adapters { get; } = new();

    /// <summary>Ends loading between two tensors.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Bytes by part that were converted into memory of their own; the rest lies in the source.</summary>
    public IReadOnlyDictionary<WeightPart, long> ConvertedBytes => convertedBytes;

    /// <summary>The largest tensor that was converted, as the source has it: so much of the source is in use at once while loading.</summary>
    public long LargestConverted { get; private set; }

    /// <summary>What was taken: values and bytes by part and storage format.</summary>
    public IReadOnlyDictionary<(WeightPart Part, StorageFormat Format), (long Values, long Bytes)> Sizes => sizes;

    /// <summary>Bytes of all weights.</summary>
    public long Bytes => sizes.Values.Sum(size => size.Bytes);

    /// <summary>Number of all weights.</summary>
    public long Parameters => sizes.Values.Sum(size => size.Values);

    /// <summary>A matrix that takes part in products, kept in the chosen format.</summary>
    /// <param name="part">What it belongs to.</param>
    /// <param name="name">The checkpoint's name for it.</param>
    /// <param name="shape">[outputs, inputs...]; further axes are counted as inputs.</param>
    /// <returns>[outputs, inputs].</returns>
    /// <exception cref="CheckpointException">Another shape.</exception>
    public Tensor Matrix(WeightPart part, string name, params int[] shape)
    {
        var stored = source.Take(name, shape);
        var flat = stored.Reshape(new Shape(shape[0], checked((int)(stored.Shape.Count / Math.Max(1, shape[0])))));

        // Zeros that stand in for a missing tensor may be of any size: they are not worth rounding.
        return source.Contains(name) ? Keep(part, name, flat, FormatOf(part, flat)) : flat;
    }

    /// <summary>A linear layer: the matrix <c>name.weight</c>, if it has one the vector <c>name.bias</c>, and the low-rank update that may be stored beside them.</summary>
    /// <param name="part">What it belongs to.</param>
    /// <param name="name">The checkpoint's name for it.</param>
    /// <param name="outputs">Rows of the matrix.</param>
    /// <param name="inputs">Columns of the matrix.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <exception cref="CheckpointException">Another shape.</exception>
    public LinearLayer Layer(WeightPart part, string name, int outputs, int inputs, bool bias)
    {
        var layer = layers[name] = new LinearLayer(name, Matrix(part, $"{name}.weight", outputs, inputs), bias ? Vector(part, $"{name}.bias", outputs) : null);
        if (source.RankOf(name) is { } rank)
        {
            var update = new LowRankUpdate(Matrix(WeightPart.Adapter, AdapterNames.Down(name), rank, inputs), Matrix(WeightPart.Adapter, AdapterNames.Up(name), outputs, rank));
            layer.Attach(update);
            Adapters.Add(update);
        }

        return layer;
    }

    /// <summary>A vector or small table that is added or multiplied value by value, as 32-bit floats.</summary>
    /// <exception cref="CheckpointException">Another shape.</exception>
    public Tensor Vector(WeightPart part, string name, params int[] shape) => Keep(part, name, source.Take(name, shape), StorageFormat.F32);

    /// <inheritdoc/>
    public void Dispose() => converted.ForEach(tensor => tensor.Dispose());

    private StorageFormat FormatOf(WeightPart part, Tensor matrix)
    {
        var wanted = format switch
        {
            WeightFormat.F32 => StorageFormat.F32,
            WeightFormat.BF16 => StorageFormat.BF16,
            WeightFormat.Q8_0 when part is not WeightPart.Embeddings => StorageFormat.Q8_0x16,
            WeightFormat.Q4_0 when part is WeightPart.Decoder => StorageFormat.Q4_0x16,
            WeightFormat.Q4_0 when part is not WeightPart.Embeddings => StorageFormat.Q8_0x16,
            _ => matrix.Format,
        };

        // Rows that are no whole blocks stay as they are: tiny checkpoints have such layers.
        return wanted.IsQuantised() && matrix.Shape.Last % StorageFormats.BlockLength != 0 ? matrix.Format : wanted;
    }

    private Tensor Keep(WeightPart part, string name, Tensor stored, StorageFormat target)
    {
        Cancellation.ThrowIfCancellationRequested();
        var kept = stored;
        if (Home?.Invoke(name, stored.Shape) is { } home)
        {
            (kept, target) = (home, StorageFormat.F32);
            if (!Dry)
            {
                StorageConversion.Widen(stored, home);
                source.PutAside(name);
            }
        }
        else if (stored.Format != target)
        {
            kept = Dry ? Tensor.WithoutMemory(stored.Shape, target) : StorageConversion.Convert(stored, target);
            converted.Add(kept);
            convertedBytes[part] = convertedBytes.GetValueOrDefault(part) + kept.Bytes;
            LargestConverted = Math.Max(LargestConverted, stored.Bytes);
            if (!Dry)
            {
                source.PutAside(name);
            }
        }

        taken[name] = kept;
        var (values, bytes) = sizes.GetValueOrDefault((part, target));
        sizes[(part, target)] = (values + kept.Shape.Count, bytes + kept.Bytes);
        Progress?.Invoke(Bytes);
        return kept;
    }
}
