using Kinora.Models.Checkpoints;
using Kinora.Tensors;

namespace Kinora.Models.Verification;

/// <summary>Keeps account of one case: what is stored, what was compared, with which error.</summary>
internal sealed class CaseLedger : IDisposable
{
    /// <summary>Above this the weights are rounded, and single values are no sign of anything.</summary>
    private const double LargestExactLimit = 1e-3;

    private readonly SafetensorsFile? file;
    private readonly HashSet<string> open;
    private readonly List<TensorComparison> comparisons = [];
    private readonly Dictionary<string, (float[] Values, int[] Shape, string[] Parts)> joined = [];
    private int stored;

    public CaseLedger(string? expectedFile)
    {
        file = expectedFile is null ? null : SafetensorsFile.Open(expectedFile);
        open = file is null ? [] : [.. file.Entries.Keys];
        stored = open.Count;
    }

    public IEnumerable<string> Names => file?.Entries.Keys ?? [];

    public bool Has(string name) => joined.ContainsKey(name) || IsStored(name);

    public float[] Floats(string name) => joined.TryGetValue(name, out var whole) ? whole.Values : file!.ReadFloats(name);

    public int[] Ids(string name) => [.. file!.ReadIntegers(name).Select(id => checked((int)id))];

    public long CountOf(string name) => joined.TryGetValue(name, out var whole) ? whole.Values.Length : file!.Entries[name].Count;

    public int[] ShapeOf(string name) => joined.TryGetValue(name, out var whole) ? whole.Shape : file!.Entries[name].Shape;

    /// <summary>The last extent of a stored tensor; 1 for a scalar.</summary>
    public int WidthOf(string name) => ShapeOf(name) is [.., var width] ? width : 1;

    /// <summary>How many tokens to write for a comparison with stored ids: one more than there are shows that an answer went on, whatever limit the manifest names.</summary>
    public int TokensToWrite(string name, int limit)
    {
        const int WithoutStoredIds = 512;
        return Math.Min(limit, Has(name) ? Ids(name).Length + 1 : WithoutStoredIds);
    }

    /// <summary>A stored tensor as rows of the given width.</summary>
    public Tensor Rows(string name, int width)
    {
        var values = Floats(name);
        return width > 0 && values.Length % width == 0
            ? Tensor.From(values, new Shape(values.Length / width, width))
            : throw new VerificationException($"{file!.Path}: '{name}' has {values.Length} values, no multiple of the model's width {width}.");
    }

    /// <summary>Makes one tensor of rows of several, if all of them are stored. From then on it is there under the name, and comparing it compares them.</summary>
    /// <param name="name">What it is called here; may be the name of a part.</param>
    /// <param name="parts">The stored tensor, the first row, and the number of rows of each part.</param>
    public void Join(string name, IReadOnlyList<(string Stored, int First, int Rows)> parts)
    {
        string[] names = [.. parts.Select(part => part.Stored).Distinct()];
        if (names.All(part => part == name) || !names.All(IsStored))
        {
            return;
        }

        var (values, width) = (new List<float>(), WidthOf(names[0]));
        foreach (var (stored, first, rows) in parts)
        {
            var all = Rows(stored, width);
            if (first + rows > all.Shape.Rows)
            {
                throw new VerificationException($"{file!.Path}: '{stored}' has {all.Shape.Rows} rows; expected at least {first + rows}.");
            }

            values.AddRange(all.Rows(first, rows).AsSpan());
            all.Dispose();
        }

        joined[name] = ([.. values], [values.Count / Math.Max(1, width), width], names);
    }

    /// <summary>Announces something stored outside the tensor file: a text, a list of ids.</summary>
    public void Announce(string name)
    {
        if (open.Add(name))
        {
            stored++;
        }
    }

    /// <summary>Says that the case must hold this tensor; if the file lacks it, that counts as stored and compared with nothing.</summary>
    public void Require(string name)
    {
        if (!Has(name))
        {
            Announce($"{name} (missing from the file)");
        }
    }

    /// <summary>Takes something out of the account: it can't be judged with these weights.</summary>
    public void SetAside(string name)
    {
        if (open.Remove(name))
        {
            stored--;
        }
    }

    /// <summary>Compares numbers with the stored tensor, if there is one. Fewer stored rows mean the last ones.</summary>
    public void Compare(string name, string stage, ReadOnlySpan<float> actual, double limit)
    {
        if (!Has(name))
        {
            return;
        }

        var expected = Floats(name);
        Close(name);
        if (actual.Length < expected.Length)
        {
            comparisons.Add(new(name, stage, double.NaN, limit, $"{actual.Length} values computed, {expected.Length} stored"));
            return;
        }

        var last = name is "logits" or "logits_last" or "logits_tail";
        if (actual.Length > expected.Length && !last)
        {
            comparisons.Add(new(name, stage, double.NaN, limit, $"{actual.Length} values computed, {expected.Length} stored"));
            return;
        }

        var values = actual[^expected.Length..];
        comparisons.Add(new(name, stage, RelativeError(values, expected), limit) { Worst = limit <= LargestExactLimit ? WorstValue(values, expected) : 0 });
    }

    /// <summary>Compares whole numbers with the stored tensor, if there is one.</summary>
    public void CompareIds(string name, string stage, IReadOnlyList<int> actual)
    {
        if (Has(name))
        {
            CompareIds(name, stage, actual, Ids(name));
        }
    }

    /// <summary>Compares whole numbers.</summary>
    public void CompareIds(string name, string stage, IReadOnlyList<int> actual, IReadOnlyList<int> expected)
    {
        open.Remove(name);
        var length = Math.Max(1, Math.Max(actual.Count, expected.Count));
        var first = Enumerable.Range(0, length).FirstOrDefault(i => i >= actual.Count || i >= expected.Count || actual[i] != expected[i], -1);
        var wrong = Enumerable.Range(0, length).Count(i => (i < actual.Count) != (i < expected.Count) || (i < actual.Count && actual[i] != expected[i]));
        var note = wrong == 0 ? null : $"{wrong} of {length} differ, first at {first}: {(first < actual.Count ? actual[first] : "nothing")} instead of {(first < expected.Count ? expected[first] : "nothing")}";
        comparisons.Add(new(name, stage, (double)wrong / length, 0, note));
    }

    /// <summary>Compares texts.</summary>
    public void CompareText(string name, string stage, string actual, string expected)
    {
        open.Remove(name);
        var note = actual == expected ? null : $"{Quotation.Of(actual)} instead of {Quotation.Of(expected)}";
        comparisons.Add(new(name, stage, note is null ? 0 : 1, 0, note));
    }

    public CaseReport Report(string name, string? failure)
        => new(name, stored, comparisons, [.. open.Order(StringComparer.Ordinal)], failure);

    public void Dispose() => file?.Dispose();

    private bool IsStored(string name) => file is not null && file.Entries.ContainsKey(name);

    private void Close(string name) => open.ExceptWith(joined.TryGetValue(name, out var whole) ? whole.Parts : [name]);

    /// <summary>A norm over thousands of values hides one wrong value; this doesn't.</summary>
    private static double WorstValue(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        var squares = 0.0;
        foreach (var value in expected)
        {
            squares += (double)value * value;
        }

        var (rootMeanSquare, worst) = (Math.Sqrt(squares / Math.Max(1, expected.Length)), 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            var scale = Math.Max(rootMeanSquare, Math.Abs((double)expected[i]));
            if (scale > 0)
            {
                worst = Math.Max(worst, Math.Abs((double)actual[i] - expected[i]) / scale);
            }
        }

        return worst;
    }

    /// <summary>|actual - expected| / |expected|; NaN if any number is.</summary>
    private static double RelativeError(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        var (difference, norm) = (0.0, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            var d = (double)actual[i] - expected[i];
            difference += d * d;
            norm += (double)expected[i] * expected[i];
        }

        return norm == 0 ? Math.Sqrt(difference) : Math.Sqrt(difference / norm);
    }
}
