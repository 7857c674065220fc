using System.Text.Json;
using Kinora.Tensors;
using Kinora.Training.Optimization;

namespace Kinora.Training.Verification;

/// <summary>The recipe of a golden variant.</summary>
internal sealed class GoldenRecipe(JsonElement json, int towerLayers)
{
    public OptimizerSettings Optimizer { get; } = new()
    {
        Beta1 = json.GetProperty("betas")[0].GetDouble(),
        Beta2 = json.GetProperty("betas")[1].GetDouble(),
        Epsilon = json.GetProperty("eps").GetDouble(),
        MaxGradientNorm = json.TryGetProperty("clip", out var clip) && clip.ValueKind == JsonValueKind.Number ? clip.GetDouble() : null,
    };

    public double Rate { get; } = json.GetProperty("lr").GetDouble();

    public double WeightDecay { get; } = json.GetProperty("weight_decay").GetDouble();

    /// <summary>The factor of the rate at step t.</summary>
    public double Factor(int t)
    {
        var (w, n) = (json.GetProperty("warmup_steps").GetDouble(), json.GetProperty("total_steps").GetDouble());
        var cosine = 0.5 * (1 + Math.Cos(Math.PI * (t - w) / (n - w)));
        return json.GetProperty("schedule").GetString() switch
        {
            "cosine" => t < w ? t / w : Math.Max(0, cosine),
            "pllava_floor_0.25" => Math.Max(0.25, t < w ? t / w : cosine),
            var other => throw new KeyNotFoundException($"the schedule '{other}' isn't known here"),
        };
    }

    public double TowerDecay { get; } = json.TryGetProperty("vision_layer_decay", out var decay) ? decay.GetDouble() : 1;

    /// <summary>How a tensor learns; no decay for those of one dimension.</summary>
    public ParameterSettings Settings(string name, Shape shape, bool vector)
        => new(name, shape, Rate * LayerwiseDecay.Factor(name, towerLayers, TowerDecay), vector ? 0 : WeightDecay);
}
