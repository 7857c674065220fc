using System.Text.Json;
using Kinora.Models.Verification;
using Kinora.Tensors;
using Kinora.Training.Optimization;

namespace Kinora.Training.Verification;

/// <summary>AdamW on gradients that are given: parameters after each step, moments after the last.</summary>
internal static class OptimizerRunner
{
    private static readonly string[] Names = ["matrix", "vector"];

    public static CaseReport Run(TensorOperations operations, string name, JsonElement manifest, string path)
    {
        using var file = new GoldenTensors(path, name);
        var (comparisons, limit) = (new List<TensorComparison>(), manifest.GetProperty("tolerance").GetDouble());
        foreach (var variant in manifest.GetProperty("variants").EnumerateArray())
        {
            comparisons.AddRange(Variant(operations, file, manifest, variant, limit));
        }

        var inputs = file.Names.Count(entry => entry.StartsWith("start/", StringComparison.Ordinal) || entry.StartsWith("gradients/", StringComparison.Ordinal));
        var missing = file.NotCompared.Where(entry => !entry.StartsWith($"{name}/start/", StringComparison.Ordinal) && !entry.StartsWith($"{name}/gradients/", StringComparison.Ordinal)).ToList();
        return new(name, file.Count - inputs, comparisons, missing, null);
    }

    private static List<TensorComparison> Variant(TensorOperations operations, GoldenTensors file, JsonElement manifest, JsonElement variant, double limit)
    {
        var (name, decays) = (variant.GetProperty("name").GetString()!, variant.GetProperty("weight_decay"));
        using var store = new ParameterStore([.. Names.Select(tensor => new ParameterSettings(tensor, new Shape(file.Shape($"start/{tensor}")), 1, decays.GetProperty(tensor).GetDouble()))]);
        var optimizer = new AdamW(operations, store, new()
        {
            Beta1 = variant.GetProperty("betas")[0].GetDouble(),
            Beta2 = variant.GetProperty("betas")[1].GetDouble(),
            Epsilon = variant.GetProperty("eps").GetDouble(),
            MaxGradientNorm = variant.GetProperty("clip") is { ValueKind: JsonValueKind.Number } clip ? clip.GetDouble() : null,
        });
        foreach (var tensor in Names)
        {
            file.Floats($"start/{tensor}").CopyTo(store[tensor].Weights.AsSpan());
        }

        var (comparisons, after, rounded) = (new List<TensorComparison>(), Names.ToDictionary(tensor => tensor, _ => new List<float>()), new List<float>());
        var step = 0;
        foreach (var rate in manifest.GetProperty("learning_rates").EnumerateArray())
        {
            foreach (var tensor in Names)
            {
                var count = store[tensor].Weights.AsSpan().Length;
                using var gradient = Tensor.From(file.Floats($"gradients/{tensor}").AsSpan(step * count, count), store[tensor].Settings.Shape);
                operations.Seed(store[tensor].Weights, gradient);
            }

            var norm = optimizer.GradientNorm();
            comparisons.Add(Comparing.Number($"{name} norm {step}", "gradients", norm, variant.GetProperty("grad_norms")[step].GetDouble(), limit));
            optimizer.Step(rate.GetDouble(), optimizer.ClipFactor(norm));
            foreach (var tensor in Names)
            {
                after[tensor].AddRange(store[tensor].Weights.AsSpan());
            }

            using var master = StorageConversion.Convert(store["matrix"].Weights, StorageFormat.BF16);
            using var widened = StorageConversion.Convert(master, StorageFormat.F32);
            rounded.AddRange(widened.AsSpan());
            step++;
        }

        foreach (var tensor in Names)
        {
            comparisons.Add(file.Relative($"{name}/{tensor}.after", "gradients", [.. after[tensor]], limit));
            comparisons.Add(file.Relative($"{name}/{tensor}.exp_avg", "gradients", store[tensor].FirstMoments.AsSpan(), limit));
            comparisons.Add(file.Relative($"{name}/{tensor}.exp_avg_sq", "gradients", store[tensor].SecondMoments.AsSpan(), limit));
        }

        // A float32 value next to the middle of two bfloat16 numbers may round to either: a unit in the last place is 2^-8.
        if (name == "tarsier2" && file.Has("bf16_master/matrix.after"))
        {
            comparisons.Add(file.Relative("bf16_master/matrix.after", "gradients", [.. rounded], limit));
        }

        return comparisons;
    }
}
