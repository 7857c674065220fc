using System.Text.Json;
using Kinora.Models.Adapters;
using Kinora.Models.Checkpoints;
using Kinora.Models.Families;
using Kinora.Models.Verification;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Training.Optimization;
using Kinora.Training.Trainers;

namespace Kinora.Training.Verification;

/// <summary>LoRA: an adapter as PEFT writes it and in PLLaVA's layout, its gradients, a few steps, and merging.</summary>
internal sealed class LoraRunner(TensorOperations operations, FineTuningRunner golden, string directory)
{
    private const string Projector = "multi_modal_projector.";

    public CaseReport Run(string name, JsonElement manifest)
    {
        var tolerance = manifest.GetProperty("tolerance");
        var (comparisons, missing, stored) = (new List<TensorComparison>(), new List<string>(), 0);
        using var expected = new GoldenTensors(golden.Inside(manifest, "expected"), "expected");
        using var gradients = new GoldenTensors(golden.Inside(manifest, "gradients"), "gradients");
        using (var trainable = Load(manifest, [Projector], null))
        using (var batch = new GoldenBatch(golden.Inside(manifest, "batch"), trainable.Model))
        using (var tape = new Tape())
        {
            comparisons.AddRange(new GoldenForward(operations, trainable.Model, batch).Compare(expected, tolerance.GetProperty("expected").GetDouble()));
            var loss = GoldenForward.Loss(operations, tape, trainable.Model, batch.Packed, batch.Input, 1.0 / batch.Packed.Rows.Length);
            comparisons.Add(Comparing.Number("loss", "inputs", loss, manifest.GetProperty("loss_value").GetDouble(), tolerance.GetProperty("loss").GetDouble()));
            foreach (var entry in gradients.Names)
            {
                var gradient = trainable.Store[Here(entry)].Weights.Gradient;
                comparisons.Add(gradients.Relative(entry, "gradients", gradient is null ? [] : gradient.AsSpan(), tolerance.GetProperty("gradients").GetDouble()) with { ReferenceFloat32 = GoldenNoise.Of(manifest, "torch_float32", "gradients", "worst") });
            }
        }

        comparisons.AddRange(ReadAdapter(manifest, expected, tolerance.GetProperty("expected").GetDouble()));
        foreach (var variant in manifest.GetProperty("variants").EnumerateObject())
        {
            var recipe = new GoldenRecipe(variant.Value.GetProperty("recipe"));
            var withProjector = variant.Value.GetProperty("trainable").EnumerateArray().Any(entry => entry.GetString()!.StartsWith(Projector, StringComparison.Ordinal));
            using var trainable = Load(manifest, withProjector ? [Projector] : [], recipe);
            using var batch = new GoldenBatch(golden.Inside(manifest, "batch"), trainable.Model);
            using var final = new GoldenTensors(golden.Inside(variant.Value, "final"), variant.Name);
            using var tape = new Tape();
            var start = trainable.Store.Parameters.ToDictionary(parameter => parameter.Settings.Name, parameter => parameter.Weights.AsSpan().ToArray());
            var steps = new GoldenSteps(operations, trainable, recipe, variant.Name, tolerance, variant.Value);
            steps.Run(variant.Value.GetProperty("steps"), _ => GoldenForward.Loss(operations, tape, trainable.Model, batch.Packed, batch.Input, 1.0 / batch.Packed.Rows.Length));
            steps.Final(final, start, Here);
            comparisons.AddRange(steps.Comparisons);
            missing.AddRange(final.NotCompared);
            stored += final.Count;
            if (variant.Name == "adapter_only")
            {
                using var merged = new GoldenTensors(golden.Inside(manifest, "merged"), "merged");
                foreach (var entry in merged.Names)
                {
                    using var weight = LoraMerge.Of(trainable.Model.Weights.Layers[entry[..^".weight".Length]]);
                    comparisons.Add(merged.Relative(entry, "steps", weight.AsSpan(), tolerance.GetProperty("merged").GetDouble()));
                }

                missing.AddRange(merged.NotCompared);
            }
        }

        missing.AddRange(expected.NotCompared.Concat(gradients.NotCompared));
        return new(name, comparisons.Count + missing.Count, comparisons, missing, null);
    }

    /// <summary>Stored names of parameters in the form they have here.</summary>
    private static string Here(string stored) => stored.Contains("lora_", StringComparison.Ordinal) ? AdapterNames.FromStored(stored).First() : stored;

    /// <summary>The adapter's files, attached as <c>describe --lora</c> does it, give the same results; at strength 0 they change nothing.</summary>
    private List<TensorComparison> ReadAdapter(JsonElement manifest, GoldenTensors expected, double limit)
    {
        var comparisons = new List<TensorComparison>();
        using (var trainable = golden.Load([], null))
        using (var batch = new GoldenBatch(golden.Inside(manifest, "batch"), trainable.Model))
        using (var adapter = LoraAdapter.Load(golden.Inside(manifest, "adapter")))
        {
            adapter.Attach(trainable.Model);
            comparisons.AddRange(new GoldenForward(operations, trainable.Model, batch).Compare(expected, limit).Select(comparison => comparison with { Stage = "adapter files" }));
        }

        if (GoldenFiles.Text(manifest, "pllava_layout") is { } layout)
        {
            // The same numbers in PLLaVA's layout, with the projector in one file; the strength isn't stored there.
            using var file = SafetensorsFile.Open(GoldenFiles.Inside(directory, layout));
            using var trainable = Load(manifest, [Projector], null);
            foreach (var entry in file.Entries.Keys)
            {
                comparisons.Add(Comparing.Relative($"pllava layout/{entry}", "files", trainable.Store[Here(entry)].Weights.AsSpan(), file.ReadFloats(entry), 0));
            }
        }

        return comparisons;
    }

    private TrainableModel Load(JsonElement manifest, string[] prefixes, GoldenRecipe? recipe)
    {
        var trainable = golden.Load(prefixes, recipe, new LoraSettings
        {
            Rank = manifest.GetProperty("rank").GetInt32(),
            Alpha = manifest.GetProperty("alpha").GetDouble(),
            Targets = [.. manifest.GetProperty("targets").EnumerateArray().Select(target => target.GetString()!)],
            LearningRate = recipe?.Rate ?? 1,
            WeightDecay = recipe?.WeightDecay ?? 0,
        });
        using var adapter = LoraAdapter.Load(golden.Inside(manifest, "adapter"));
        foreach (var (stored, tensor) in adapter.Tensors)
        {
            var name = AdapterNames.FromStored(stored).First(name => trainable.Store.Home(name) is not null);
            tensor.AsSpan().CopyTo(trainable.Store[name].Weights.AsSpan());
        }

        return trainable;
    }
}
