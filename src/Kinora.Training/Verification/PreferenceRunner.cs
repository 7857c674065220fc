using System.Text.Json;
using Kinora.Models.Checkpoints;
using Kinora.Models.Verification;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Training.Trainers;

namespace Kinora.Training.Verification;

/// <summary>Preference tuning: log-probabilities, rewards, margins, losses, gradients with the reference equal and apart, and a few steps.</summary>
internal sealed class PreferenceRunner(TensorOperations operations, FineTuningRunner golden, string directory)
{
    public CaseReport Run(string name, JsonElement manifest, JsonElement fineTuning)
    {
        var (tolerance, beta, pairs) = (manifest.GetProperty("tolerance"), manifest.GetProperty("beta").GetDouble(), manifest.GetProperty("pairs").GetInt32());
        var (comparisons, missing) = (new List<TensorComparison>(), new List<string>());
        using var tape = new Tape();
        var atStart = Array.Empty<double>();
        foreach (var setting in manifest.GetProperty("settings").EnumerateObject())
        {
            using var trainable = golden.Load([""], null);
            using var batch = new GoldenBatch(golden.Inside(manifest, "batch"), trainable.Model);
            using var expected = new GoldenTensors(golden.Inside(setting.Value, "expected"), setting.Name);
            using var gradients = new GoldenTensors(golden.Inside(setting.Value, "gradients"), $"{setting.Name} gradients");
            var pass = new PreferencePass(trainable.Model, operations);
            var reference = setting.Name == "start" ? pass.LogProbabilities(batch.Packed, BatchPictures.Of(batch.Input)) : Reference(fineTuning, manifest);
            atStart = setting.Name == "start" ? reference : atStart;
            var result = pass.Record(tape, batch.Packed, BatchPictures.Of(batch.Input), reference, beta, pairs);
            comparisons.Add(Comparing.Number($"{setting.Name} loss", "inputs", result.Loss, setting.Value.GetProperty("loss_value").GetDouble(), tolerance.GetProperty("loss").GetDouble()));
            comparisons.AddRange(Values(expected, result, reference, beta, tolerance));
            comparisons.AddRange(new GoldenForward(operations, trainable.Model, batch).Compare(expected, tolerance.GetProperty("expected").GetDouble()).Where(comparison => !comparison.Tensor.EndsWith("/loss", StringComparison.Ordinal)));
            var zero = setting.Value.GetProperty("zero_gradients").EnumerateArray().Select(entry => entry.GetString()!).ToHashSet();
            foreach (var entry in gradients.Names)
            {
                var values = trainable.Store[entry].Weights.Gradient is { } gradient ? gradient.AsSpan() : [];
                comparisons.Add(zero.Contains(entry)
                    ? gradients.Absolute(entry, "zero gradients", values, tolerance.GetProperty("zero_gradients_absolute").GetDouble())
                    : gradients.Relative(entry, "gradients", values, tolerance.GetProperty("gradients").GetDouble()) with { ReferenceFloat32 = GoldenNoise.Of(setting.Value, "torch_float32", "gradients", "worst") });
            }

            missing.AddRange(expected.NotCompared.Concat(gradients.NotCompared));
        }

        Steps(manifest, atStart, beta, pairs, tape, comparisons, missing);
        return new(name, comparisons.Count + missing.Count, comparisons, missing, null);
    }

    private static IEnumerable<TensorComparison> Values(GoldenTensors expected, PreferenceResult result, double[] reference, double beta, JsonElement tolerance)
    {
        var (limit, absolute) = (tolerance.GetProperty("expected").GetDouble(), tolerance.GetProperty("margins_absolute").GetDouble());
        yield return expected.Relative("policy_log_probabilities", "inputs", Floats(result.LogProbabilities), limit);
        yield return expected.Relative("reference_log_probabilities", "inputs", Floats(reference), limit);
        yield return expected.Absolute("rewards", "inputs", Floats(result.LogProbabilities.Zip(reference, (policy, other) => beta * (policy - other))), absolute);
        yield return expected.Absolute("margins", "inputs", Floats(result.Margins), absolute);
        yield return expected.Relative("loss", "inputs", [(float)result.Loss], limit);

        static float[] Floats(IEnumerable<double> values) => [.. values.Select(value => (float)value)];
    }

    /// <summary>The reference that differs: another set of weights over the checkpoint.</summary>
    private double[] Reference(JsonElement fineTuning, JsonElement manifest)
    {
        var final = GoldenFiles.Text(fineTuning.GetProperty("variants").GetProperty("everything"), "final") ?? throw new VerificationException("the variant 'everything' of fine-tuning names no final weights.");
        using var trainable = golden.Load([""], null);
        using var batch = new GoldenBatch(golden.Inside(manifest, "batch"), trainable.Model);
        using var file = SafetensorsFile.Open(GoldenFiles.Inside(directory, final));
        foreach (var parameter in trainable.Store.Parameters)
        {
            file.ReadFloats(parameter.Settings.Name).CopyTo(parameter.Weights.AsSpan());
        }

        return new PreferencePass(trainable.Model, operations).LogProbabilities(batch.Packed, BatchPictures.Of(batch.Input));
    }

    private void Steps(JsonElement manifest, double[] reference, double beta, int pairs, Tape tape, List<TensorComparison> comparisons, List<string> missing)
    {
        var (training, tolerance) = (manifest.GetProperty("training"), manifest.GetProperty("tolerance"));
        var recipe = new GoldenRecipe(training.GetProperty("recipe"));
        using var trainable = golden.Load([""], recipe);
        using var batch = new GoldenBatch(golden.Inside(manifest, "batch"), trainable.Model);
        using var final = new GoldenTensors(golden.Inside(training, "final"), "final");
        var start = trainable.Store.Parameters.ToDictionary(parameter => parameter.Settings.Name, parameter => parameter.Weights.AsSpan().ToArray());
        var steps = new GoldenSteps(operations, trainable, recipe, "training", tolerance, training);
        var pass = new PreferencePass(trainable.Model, operations);
        steps.Run(training.GetProperty("steps"), step =>
        {
            var result = pass.Record(tape, batch.Packed, BatchPictures.Of(batch.Input), reference, beta, pairs);
            float[] margins = [.. step.GetProperty("margins").EnumerateArray().Select(margin => (float)margin.GetDouble())];
            comparisons.Add(Comparing.Absolute($"training/step {step.GetProperty("step")} margins", "steps", [.. result.Margins.Select(margin => (float)margin)], margins, tolerance.GetProperty("margins_absolute").GetDouble()));

            // Where the margin is zero but for noise, its sign says nothing.
            var accuracy = result.Margins.Count(margin => margin > tolerance.GetProperty("margins_absolute").GetDouble()) / (double)pairs;
            comparisons.Add(Comparing.Number($"training/step {step.GetProperty("step")} accuracy", "steps", accuracy, step.GetProperty("accuracy").GetDouble(), 0));
            return result.Loss;
        });
        steps.Final(final, start, stored => stored);
        comparisons.AddRange(steps.Comparisons);
        missing.AddRange(final.NotCompared);
    }
}
