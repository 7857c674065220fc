using System.Text.Json;
using Kinora.Models.Verification;
using Kinora.Tensors;
using Kinora.Tensors.Autograd;
using Kinora.Training.Optimization;
using Kinora.Training.Trainers;

namespace Kinora.Training.Verification;

/// <summary>A few optimiser steps against the stored loss, norm, clipping and rate of each, and the parameters afterwards.</summary>
internal sealed class GoldenSteps(TensorOperations operations, TrainableModel trainable, GoldenRecipe recipe, string name, JsonElement tolerance, JsonElement variant)
{
    private readonly Optimizer optimizer = new(operations, trainable.Store, recipe.Optimizer);

    public List<TensorComparison> Comparisons { get; } = [];

    /// <summary>Runs the steps; each calls <paramref name="loss"/>, which records, goes back and returns the loss.</summary>
    public void Run(JsonElement steps, Func<JsonElement, double> loss)
    {
        var t = 0;
        foreach (var step in steps.EnumerateArray())
        {
            Compare($"step {t} loss", loss(step), step.GetProperty("loss").GetDouble(), "step_loss", noise: "loss_worst");
            if (!step.TryGetProperty("lr", out var rate))
            {
                trainable.Store.ForgetGradients();
                continue;
            }

            var (factor, norm) = (recipe.Schedule.Factor(t), optimizer.GradientNorm());
            var clip = optimizer.ClipFactor(norm);
            Compare($"step {t} grad_norm", norm, step.GetProperty("grad_norm").GetDouble(), "grad_norm", noise: "grad_norm_worst");
            Compare($"step {t} clip_factor", clip, step.GetProperty("clip_factor").GetDouble(), "grad_norm");
            Compare($"step {t} lr", factor * recipe.Rate, rate.GetDouble(), "lr", fallback: 1e-9);
            optimizer.Step(factor, clip);
            t++;
        }
    }

    /// <summary>Compares the parameters with the stored ones.</summary>
    /// <param name="final">The stored parameters.</param>
    /// <param name="start">Their values before the first step, by the names that the parameters have here.</param>
    /// <param name="nameHere">What a stored name is called here.</param>
    public void Final(GoldenTensors final, IReadOnlyDictionary<string, float[]> start, Func<string, string> nameHere)
    {
        foreach (var stored in final.Names)
        {
            if (trainable.Store.Parameters.FirstOrDefault(parameter => parameter.Settings.Name == nameHere(stored)) is not { } parameter)
            {
                // What doesn't learn stays as the checkpoint has it, its last bit included.
                var own = trainable.Model.Checkpoint.TakeOptional(stored, final.Shape(stored)) ?? throw new KeyNotFoundException($"the checkpoint has no tensor '{stored}'");
                Comparisons.Add(final.Relative(stored, "steps", own.AsSpan(), 0));
                continue;
            }

            Comparisons.Add(final.Relative(stored, "steps", parameter.Weights.AsSpan(), tolerance.GetProperty("final").GetDouble()) with { ReferenceFloat32 = Noise("parameter_worst") });

            // Nothing but noise moves a parameter whose gradient is zero by nature: a key bias where no positions are turned.
            if (!(LayerwiseDecay.IsOfTower(stored) && stored.EndsWith("k_proj.bias", StringComparison.Ordinal)))
            {
                Comparisons.Add(final.Update(stored, "steps", parameter.Weights.AsSpan(), start[nameHere(stored)], tolerance.GetProperty("update").GetDouble()) with { Stage = "changes", ReferenceFloat32 = Noise("update_worst") });
            }
        }
    }

    private double? Noise(string key) => GoldenNoise.Of(variant, "torch_float32", key);

    private void Compare(string what, double actual, double expected, string limit, double fallback = 0, string noise = "")
        => Comparisons.Add(Comparing.Number($"{name}/{what}", "losses of steps", actual, expected, tolerance.TryGetProperty(limit, out var value) ? value.GetDouble() : fallback) with { ReferenceFloat32 = Noise(noise) });
}
