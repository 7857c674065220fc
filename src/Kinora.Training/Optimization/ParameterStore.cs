using Kinora.Tensors;

namespace Kinora.Training.Optimization;

/// <summary>
/// All that learns, in flat buckets: values, gradients and both moments lie in four rows of equal layout, so that a bucket of gradients
/// is one piece of memory which several processes can sum up.
/// </summary>
public sealed class ParameterStore : IDisposable
{
    /// <summary>A bucket is closed when it holds this many values; no parameter is split.</summary>
    private const long BucketValues = 1L << 26;

    /// <summary>Every parameter begins at a cache line.</summary>
    private const int Alignment = 16;

    private readonly List<Bucket> buckets = [];
    private readonly List<Parameter> parameters = [];
    private readonly Dictionary<string, Parameter> byName = [];

    /// <summary>Lays out parameters; values and moments are zeros.</summary>
    /// <param name="settings">What learns, in an order that stays the same from run to run.</param>
    /// <exception cref="OutOfMemoryException">The system gave no memory.</exception>
    public ParameterStore(IReadOnlyList<ParameterSettings> settings)
    {
        var (first, values) = (0, 0L);
        for (var i = 0; i <= settings.Count; i++)
        {
            if (i == settings.Count || values >= BucketValues)
            {
                buckets.Add(new Bucket(values));
                Place(settings, first, i);
                (first, values) = (i, 0);
            }

            values += i == settings.Count ? 0 : RoundUp(settings[i].Shape.Count);
        }
    }

    /// <summary>The parameters in their order.</summary>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>Gradients, a tensor [values] to a bucket.</summary>
    public IReadOnlyList<Tensor> GradientBuckets => [.. buckets.Select(bucket => bucket.Gradients)];

    /// <summary>Number of values that learn.</summary>
    public long Values => parameters.Sum(parameter => parameter.Settings.Shape.Count);

    /// <summary>Bytes held.</summary>
    public long Bytes => buckets.Sum(bucket => 4 * bucket.Weights.Bytes);

    /// <summary>The values of a parameter, or null if it doesn't learn: where a loader puts them.</summary>
    public Tensor? Home(string name) => byName.GetValueOrDefault(name)?.Weights;

    /// <summary>A parameter by its name.</summary>
    public Parameter this[string name] => byName[name];

    /// <summary>Lets gradients begin anew.</summary>
    public void ForgetGradients()
    {
        foreach (var parameter in parameters)
        {
            parameter.Weights.ForgetGradient();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => buckets.ForEach(bucket => bucket.Dispose());

    private static long RoundUp(long count) => (count + Alignment - 1) / Alignment * Alignment;

    private void Place(IReadOnlyList<ParameterSettings> settings, int first, int end)
    {
        var (bucket, offset) = (buckets[^1], 0L);
        for (var i = first; i < end; i++)
        {
            var shape = settings[i].Shape;
            var parameter = new Parameter(settings[i], View(bucket.Weights), View(bucket.Gradients), View(bucket.FirstMoments), View(bucket.SecondMoments));
            parameter.Weights.Learn(parameter.Gradients);
            parameters.Add(parameter);
            byName.Add(settings[i].Name, parameter);
            offset += RoundUp(shape.Count);

            Tensor View(Tensor whole) => whole.Slice((int)offset, (int)shape.Count).Reshape(shape);
        }
    }

    private sealed class Bucket(long values) : IDisposable
    {
        public Tensor Weights { get; } = Tensor.Allocate(new Shape((int)values));

        public Tensor Gradients { get; } = Tensor.Allocate(new Shape((int)values));

        public Tensor FirstMoments { get; } = Tensor.Allocate(new Shape((int)values));

        public Tensor SecondMoments { get; } = Tensor.Allocate(new Shape((int)values));

        public void Dispose()
        {
            Weights.Dispose();
            Gradients.Dispose();
            FirstMoments.Dispose();
            SecondMoments.Dispose();
        }
    }
}
