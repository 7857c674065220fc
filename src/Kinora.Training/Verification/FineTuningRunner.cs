using System.Text.Json;
using Kinora.Models.Inputs;
using Kinora.Models.Tokenization;
using Kinora.Models.Verification;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Training.Optimization;
using Kinora.Training.Trainers;

namespace Kinora.Training.Verification;

/// <summary>Supervised fine-tuning: intermediate results, losses, all gradients, and a few steps of each variant.</summary>
internal sealed class FineTuningRunner(TensorOperations operations, string directory, string checkpoint, Tokenizer tokenizer)
{
    private const string Whole = "";

    public CaseReport Run(string name, JsonElement manifest)
    {
        var tolerance = manifest.GetProperty("tolerance");
        var (comparisons, missing, stored) = (new List<TensorComparison>(), new List<string>(), 0);
        using (var trainable = Load([Whole], null))
        using (var batch = new GoldenBatch(Inside(manifest, "batch"), trainable.Model))
        {
            using var expected = new GoldenTensors(Inside(manifest, "expected"), "expected");
            comparisons.AddRange(new GoldenForward(operations, trainable.Model, batch).Compare(expected, tolerance.GetProperty("expected").GetDouble()));
            Account(expected);
            Gradients(trainable, batch, manifest, comparisons, missing, ref stored);
        }

        foreach (var variant in manifest.GetProperty("variants").EnumerateObject())
        {
            var prefixes = variant.Value.GetProperty("trainable_prefixes").EnumerateArray().Select(prefix => prefix.GetString()!).ToArray();
            var recipe = new GoldenRecipe(variant.Value.GetProperty("recipe"));
            using var trainable = Load(prefixes, recipe);
            using var batch = new GoldenBatch(Inside(manifest, "batch"), trainable.Model);
            using var tape = new Tape();
            using var final = new GoldenTensors(Inside(variant.Value, "final"), variant.Name);
            var start = trainable.Store.Parameters.ToDictionary(parameter => parameter.Settings.Name, parameter => parameter.Weights.AsSpan().ToArray());
            var steps = new GoldenSteps(operations, trainable, recipe, variant.Name, tolerance, variant.Value);
            steps.Run(variant.Value.GetProperty("steps"), _ => GoldenForward.Loss(operations, tape, trainable.Model, batch.Packed, batch.Input, 1.0 / batch.Packed.Rows.Length));
            steps.Final(final, start, stored => stored);
            comparisons.AddRange(steps.Comparisons);
            Account(final);
            if (variant.Value.TryGetProperty("parameters", out var parameters))
            {
                comparisons.AddRange(Rates(trainable, recipe, parameters));
            }
        }

        return new(name, comparisons.Count + missing.Count, comparisons, missing, null);

        void Account(GoldenTensors tensors)
        {
            stored += tensors.Count;
            missing.AddRange(tensors.NotCompared);
        }
    }

    /// <summary>Loads the golden checkpoint with the parts that begin so.</summary>
    public TrainableModel Load(string[] prefixes, GoldenRecipe? recipe, LoraSettings? lora = null)
        => TrainableModel.Load(checkpoint, (model, name, tensor) => prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) ? recipe?.Settings(name, tensor.Shape, model.TowerLayers) ?? new(name, tensor.Shape, 1, 0) : null, lora, tokenizer);

    public string Inside(JsonElement json, string key)
        => GoldenFiles.Inside(directory, GoldenFiles.Text(json, key) ?? throw new VerificationException($"a manifest names no '{key}'."));

    /// <summary>The rate and the decay of every parameter.</summary>
    private static IEnumerable<TensorComparison> Rates(TrainableModel trainable, GoldenRecipe recipe, JsonElement parameters)
    {
        foreach (var parameter in trainable.Store.Parameters)
        {
            var golden = parameters.GetProperty(parameter.Settings.Name);
            yield return Comparing.Number($"rate of {parameter.Settings.Name}", "recipe", parameter.Settings.LearningRate / recipe.Rate, golden.GetProperty("lr_scale").GetDouble(), 1e-12);
            yield return Comparing.Number($"decay of {parameter.Settings.Name}", "recipe", parameter.Settings.WeightDecay, golden.GetProperty("weight_decay").GetDouble(), 1e-12);
        }
    }

    private void Gradients(TrainableModel trainable, GoldenBatch batch, JsonElement manifest, List<TensorComparison> comparisons, List<string> missing, ref int stored)
    {
        var tolerance = manifest.GetProperty("tolerance");
        var (loss, means) = (manifest.GetProperty("loss_value").GetDouble(), manifest.GetProperty("loss_mean_of_means_value").GetDouble());
        var tokens = batch.Packed.Rows.Length;
        using var gradients = new GoldenTensors(Inside(manifest, "gradients"), "gradients");
        using var meanGradients = new GoldenTensors(Inside(manifest, "gradients_mean_of_means"), "gradients of means");
        var zero = manifest.GetProperty("zero_gradients").EnumerateArray().Select(entry => entry.GetString()!).ToHashSet();
        var reached = new HashSet<string>();
        Try("packed", new Tape(), gradients, loss, tape => Loss(tape, batch.Packed, batch.Input, 1.0 / tokens));
        Try("blocks recomputed", new Tape { RecomputesBlocks = true }, gradients, loss, tape => Loss(tape, batch.Packed, batch.Input, 1.0 / tokens));
        Try("accumulated", new Tape(), gradients, loss, tape => Accumulate(tape, _ => 1.0 / tokens));
        Try("accumulated means", new Tape(), meanGradients, means, tape => Accumulate(tape, rows => 1.0 / (rows * batch.Count)));
        foreach (var tensors in new[] { gradients, meanGradients })
        {
            stored += tensors.Count;
            missing.AddRange(tensors.NotCompared);
        }

        // What lies behind the feature layer isn't even loaded.
        foreach (var entry in manifest.GetProperty("without_gradient").EnumerateArray().Select(entry => entry.GetString()!))
        {
            comparisons.Add(new($"no gradient of {entry}", "packed", reached.Contains(entry) ? 1 : 0, 0));
        }

        double Accumulate(Tape tape, Func<int, double> factor)
        {
            var sum = 0.0;
            for (var sample = 0; sample < batch.Count; sample++)
            {
                var (single, input) = batch.Single(sample);
                sum += Loss(tape, single, input, factor(single.Rows.Length));
            }

            return sum;
        }

        double Loss(Tape tape, PackedBatch packed, VisualInput? input, double factor) => GoldenForward.Loss(operations, tape, trainable.Model, packed, input, factor);

        void Try(string stage, Tape tape, GoldenTensors expected, double expectedLoss, Func<Tape, double> run)
        {
            using (tape)
            {
                comparisons.Add(Comparing.Number($"loss, {stage}", stage, run(tape), expectedLoss, tolerance.GetProperty("loss").GetDouble()) with { ReferenceFloat32 = GoldenNoise.Of(manifest, "torch_float32", "loss") });
            }

            foreach (var parameter in trainable.Store.Parameters)
            {
                var name = parameter.Settings.Name;
                var values = parameter.Weights.Gradient is { } gradient ? gradient.AsSpan() : [];
                if (!values.IsEmpty)
                {
                    reached.Add(name);
                }

                // Where nothing comes by there is no gradient, which isn't stored as zeros.
                comparisons.Add(!expected.Has(name) ? new($"{name} (not stored)", stage, values.IsEmpty ? 0 : 1, 0)
                    : zero.Contains(name) ? expected.Absolute(name, "zero gradients", values, tolerance.GetProperty("zero_gradients_absolute").GetDouble())
                    : expected.Relative(name, stage, values, tolerance.GetProperty("gradients").GetDouble()) with { ReferenceFloat32 = GoldenNoise.Of(manifest, "torch_float32", "gradients", "worst") });
            }

            trainable.Store.ForgetGradients();
        }
    }
}
