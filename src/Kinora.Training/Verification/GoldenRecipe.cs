using System.Text.Json;
using Kinora.Tensors;
using Kinora.Training.Optimization;
using Kinora.Training.Schedules;

namespace Kinora.Training.Verification;

/// <summary>The recipe of a golden variant.</summary>
internal sealed class GoldenRecipe(JsonElement json)
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

    public LearningRateSchedule Schedule { get; } = ScheduleVerification.Of(json.GetProperty("schedule").GetString(), json.GetProperty("warmup_steps").GetInt64(), json.GetProperty("total_steps").GetInt64());

    public double TowerDecay { get; } = json.TryGetProperty("vision_layer_decay", out var decay) ? decay.GetDouble() : 1;

    /// <summary>How a tensor learns.</summary>
    public ParameterSettings Settings(string name, Shape shape, int towerLayers)
        => new(name, shape, Rate * LayerwiseDecay.Factor(name, towerLayers, TowerDecay), shape.Rank < 2 ? 0 : WeightDecay);
}
