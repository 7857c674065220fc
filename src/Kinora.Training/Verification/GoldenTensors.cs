using Kinora.Models.Checkpoints;
using Kinora.Models.Verification;

namespace Kinora.Training.Verification;

/// <summary>A file of expected tensors, and which of them were compared.</summary>
internal sealed class GoldenTensors : IDisposable
{
    private readonly SafetensorsFile file;
    private readonly HashSet<string> open;
    private readonly string prefix;

    /// <summary>Opens a file; its tensors are reported as <c>prefix/name</c>.</summary>
    public GoldenTensors(string path, string prefix)
    {
        file = SafetensorsFile.Open(path);
        (this.prefix, open) = (prefix, [.. file.Entries.Keys]);
    }

    public IEnumerable<string> Names => file.Entries.Keys;

    public int Count => file.Entries.Count;

    public IEnumerable<string> NotCompared => open.Select(name => $"{prefix}/{name}").Order(StringComparer.Ordinal);

    public bool Has(string name) => file.Entries.ContainsKey(name);

    public int[] Shape(string name) => file.Entries[name].Shape;

    public float[] Floats(string name) => file.ReadFloats(name);

    public TensorComparison Relative(string name, string stage, ReadOnlySpan<float> actual, double limit)
    {
        open.Remove(name);
        return Comparing.Relative($"{prefix}/{name}", stage, actual, Floats(name), limit);
    }

    public TensorComparison Absolute(string name, string stage, ReadOnlySpan<float> actual, double limit)
    {
        open.Remove(name);
        return Comparing.Absolute($"{prefix}/{name}", stage, actual, Floats(name), limit);
    }

    public TensorComparison Update(string name, string stage, ReadOnlySpan<float> actual, ReadOnlySpan<float> start, double limit)
    {
        open.Remove(name);
        return Comparing.Update($"{prefix}/{name} update", stage, actual, Floats(name), start, limit);
    }

    /// <summary>Whole numbers and masks, which have no tolerance.</summary>
    public TensorComparison Exact(string name, string stage, IReadOnlyList<long> actual)
    {
        open.Remove(name);
        var expected = file.ReadIntegers(name);
        var wrong = expected.Length == actual.Count ? expected.Zip(actual).Count(pair => pair.First != pair.Second) : Math.Max(expected.Length, actual.Count);
        return new($"{prefix}/{name}", stage, (double)wrong / Math.Max(1, expected.Length), 0);
    }

    public void Dispose() => file.Dispose();
}
