using System.Text.Json;
using Kinora.Models.Checkpoints;
using Kinora.Models.Verification;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;

namespace Kinora.Training.Verification;

/// <summary>Runs single operations forward and back against stored outputs and gradients.</summary>
internal static class OperationRunner
{
    /// <summary>Runs all operations of a manifest.</summary>
    public static CaseReport Run(TensorOperations operations, string name, JsonElement manifest, string tensors)
    {
        using var file = SafetensorsFile.Open(tensors);
        using var tape = new Tape();
        var comparisons = new List<TensorComparison>();
        var open = new HashSet<string>(file.Entries.Keys.Where(key => key.EndsWith(".grad", StringComparison.Ordinal) || key.EndsWith("/loss", StringComparison.Ordinal)));
        var problems = new List<string>();
        foreach (var entry in manifest.GetProperty("operations").EnumerateArray())
        {
            using var golden = new GoldenOperation(operations, file, entry);
            foreach (var output in golden.Outputs)
            {
                open.Add($"{golden.Name}/{output}");
            }

            try
            {
                foreach (var comparison in Run(golden, tape))
                {
                    open.Remove(comparison.Tensor);
                    comparisons.Add(comparison with { ReferenceFloat32 = golden.Float32 });
                }
            }
            catch (Exception error) when (error is KeyNotFoundException or ArgumentException or InvalidOperationException or FormatException or CheckpointException)
            {
                problems.Add($"{golden.Name}: {error.Message}");
            }
        }

        return new(name, comparisons.Count + open.Count, comparisons, [.. open.Order(StringComparer.Ordinal)], problems.Count == 0 ? null : string.Join("; ", problems));
    }

    private static List<TensorComparison> Run(GoldenOperation golden, Tape tape)
    {
        var comparisons = new List<TensorComparison>();
        using var recording = golden.Compute.Record(tape);
        var loss = 0.0;
        if (LossOperations.Run(golden) is { } values)
        {
            Compare("y", values);
            loss = golden.Has("y.cotangent") ? values.Zip(golden.Stored("y.cotangent"), (value, factor) => (double)value * factor).Sum() : values[0];
        }
        else
        {
            foreach (var (name, output) in golden.Outputs.Zip(OperationCatalogue.Run(golden)))
            {
                Compare(name, output.AsSpan());
                var cotangent = golden.Constant($"{name}.cotangent");
                for (var i = 0; i < cotangent.Shape.Count; i++)
                {
                    loss += (double)output.AsSpan()[i] * cotangent.AsSpan()[i];
                }

                golden.Compute.Seed(output, cotangent);
            }
        }

        recording.Backward();
        if (golden.Has("loss"))
        {
            comparisons.Add(Comparing.Number($"{golden.Name}/loss", "operation", loss, golden.Stored("loss")[0], golden.Tolerance));
        }

        foreach (var input in golden.Inputs)
        {
            Compare($"{input}.grad", golden[input].Gradient is { } gradient ? gradient.AsSpan() : []);
        }

        return comparisons;

        void Compare(string name, ReadOnlySpan<float> actual)
            => comparisons.Add(Comparing.Relative($"{golden.Name}/{name}", "operation", actual, golden.Stored(name), golden.Tolerance));
    }
}
