using System.Text.Json;
using Kinora.Models.Verification;
using Kinora.Tensors;
using Kinora.Training.Optimization;

namespace Kinora.Training.Verification;

/// <summary>AdamW on gradients that are given: parameters after each step, moments after the last.</summary>
internal static class OptimizerRunner
{
    private const string Start = "start/";

    public static CaseReport Run(TensorOperations operations, string name, JsonElement manifest, string path)
    {
        using var file = new GoldenTensors(path, name);
        var (comparisons, limit) = (new List<TensorComparison>(), manifest.GetProperty("tolerance").GetDouble());
        foreach (var variant in manifest.GetProperty("variants").EnumerateArray())
        {
            comparisons.AddRange(Variant(operations, file, manifest, variant, limit).Select(comparison => comparison with { ReferenceFloat32 = GoldenNoise.Of(variant, "torch_float32_deviation") }));
        }

        var inputs = file.Names.Count(entry => entry.StartsWith("start/", StringComparison.Ordinal) || entry.StartsWith("gradients/", StringComparison.Ordinal));
        var missing = file.NotCompared.Where(entry => !entry.StartsWith($"{name}/start/", StringComparison.Ordinal) && !entry.StartsWith($"{name}/gradients/", StringComparison.Ordinal)).ToList();
        return new(name, file.Count - inputs, comparisons, missing, null);
    }

    private static List<TensorComparison> Variant(TensorOperations operations, GoldenTensors file, JsonElement manifest, JsonElement variant, double limit)
    {
        string[] names = [.. file.Names.Where(entry => entry.StartsWith(Start, StringComparison.Ordinal)).Select(entry => entry[Start.Length..]).Order(StringComparer.Ordinal)];
        var (name, decays) = (variant.GetProperty("name").GetString()!, variant.GetProperty("weight_decay"));
        using var store = new ParameterStore([.. names.Select(tensor => new ParameterSettings(tensor, new Shape(file.Shape($"start/{tensor}")), 1, decays.GetProperty(tensor).GetDouble()))]);
        var optimizer = new Optimizer(operations, store, new()
        {
            Beta1 = variant.GetProperty("betas")[0].GetDouble(),
            Beta2 = variant.GetProperty("betas")[1].GetDouble(),
            Epsilon = variant.GetProperty("eps").GetDouble(),
            MaxGradientNorm = variant.GetProperty("clip") is { ValueKind: JsonValueKind.Number } clip ? clip.GetDouble() : null,
        });
        foreach (var tensor in names)
        {
            file.Floats($"start/{tensor}").CopyTo(store[tensor].Weights.AsSpan());
        }

        var (comparisons, after) = (new List<TensorComparison>(), names.ToDictionary(tensor => tensor, _ => new List<float>()));
        var step = 0;
        foreach (var rate in manifest.GetProperty("learning_rates").EnumerateArray())
        {
            foreach (var tensor in names)
            {
                var count = store[tensor].Weights.AsSpan().Length;
                using var gradient = Tensor.From(file.Floats($"gradients/{tensor}").AsSpan(step * count, count), store[tensor].Settings.Shape);
                operations.Seed(store[tensor].Weights, gradient);
            }

            var norm = optimizer.GradientNorm();
            comparisons.Add(Comparing.Number($"{name} norm {step}", "gradients", norm, variant.GetProperty("grad_norms")[step].GetDouble(), limit));
            optimizer.Step(rate.GetDouble(), optimizer.ClipFactor(norm));
            foreach (var tensor in names)
            {
                after[tensor].AddRange(store[tensor].Weights.AsSpan());
            }

            step++;
        }

        foreach (var tensor in names)
        {
            comparisons.Add(file.Relative($"{name}/{tensor}.after", "gradients", [.. after[tensor]], limit));
            comparisons.Add(file.Relative($"{name}/{tensor}.exp_avg", "gradients", store[tensor].FirstMoments.AsSpan(), limit));
            comparisons.Add(file.Relative($"{name}/{tensor}.exp_avg_sq", "gradients", store[tensor].SecondMoments.AsSpan(), limit));
        }

        // Rounding is judged on the stored values: one that lies between two bfloat16 numbers may fall to either side for the last bit of float32.
        if (name == "tarsier2")
        {
            foreach (var rounded in file.Names.Where(entry => entry.StartsWith("bf16_master/", StringComparison.Ordinal)))
            {
                using var master = Tensor.From(file.Floats(rounded.Replace("bf16_master/", "tarsier2/", StringComparison.Ordinal)), new Shape(file.Shape(rounded)));
                using var narrow = StorageConversion.Convert(master, StorageFormat.BF16);
                using var wide = StorageConversion.Convert(narrow, StorageFormat.F32);
                comparisons.Add(file.Relative(rounded, "stored master", wide.AsSpan(), 0));
            }
        }

        return comparisons;
    }
}
