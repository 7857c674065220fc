using System.Text.Json;
using Kinora.Models.Verification;

namespace Kinora.Training.Schedules;

/// <summary>Compares schedules with those of a golden directory.</summary>
public static class ScheduleVerification
{
    private const string Stage = "inputs";
    private const string PllavaName = "pllava_floor_0.25";
    private const string PllavaMultiplier = "pllava_multiplier_w200_n1000";

    /// <summary>Computes every stored learning rate, those past the last step included.</summary>
    /// <param name="manifest">The root of <c>schedules.json</c>: <c>settings</c> of <c>base</c>, <c>warmup</c>, <c>total</c> and <c>values</c> by kind; <c>tolerance</c>.</param>
    /// <returns>A comparison for each kind and setting: the largest error of a rate in proportion to the base rate.</returns>
    /// <exception cref="KeyNotFoundException">Something is missing in the manifest.</exception>
    /// <exception cref="VerificationException">A kind isn't known, or a number can't be used.</exception>
    public static IReadOnlyList<TensorComparison> Compare(JsonElement manifest)
    {
        var limit = manifest.GetProperty("tolerance").GetDouble();
        var comparisons = new List<TensorComparison>();
        foreach (var setting in manifest.GetProperty("settings").EnumerateArray())
        {
            var (rate, warmup, total) = (setting.GetProperty("base").GetDouble(), setting.GetProperty("warmup").GetInt64(), setting.GetProperty("total").GetInt64());
            foreach (var kind in setting.GetProperty("values").EnumerateObject())
            {
                var expected = kind.Value.EnumerateArray().Select((value, step) => ((long)step, value.GetDouble() / rate));
                comparisons.Add(Compare($"{kind.Name} of {total} steps, {warmup} of warm-up", Of(kind.Name, warmup, total), expected, limit));
            }
        }

        if (manifest.TryGetProperty(PllavaMultiplier, out var multipliers))
        {
            var expected = multipliers.EnumerateObject().Select(entry => (long.TryParse(entry.Name, out var step) && step >= 0 ? step : throw new VerificationException($"{PllavaMultiplier} holds a key that is no step."), entry.Value.GetDouble()));
            comparisons.Add(Compare(PllavaMultiplier, Of(PllavaName, 200, 1000), expected, limit));
        }

        return comparisons;
    }

    private static LearningRateSchedule Of(string name, long warmup, long total)
    {
        try
        {
            return name switch
            {
                "cosine" => new(ScheduleKind.Cosine, warmup, total),
                "linear" => new(ScheduleKind.Linear, warmup, total),
                "constant" => new(ScheduleKind.Constant, warmup, total),
                "cosine_min_ratio_0.1" => new(ScheduleKind.Cosine, warmup, total, minRatio: 0.1),
                PllavaName => new(ScheduleKind.Cosine, warmup, total, floor: 0.25),
                _ => throw new VerificationException("The manifest holds a schedule of a kind that isn't known here."),
            };
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new VerificationException($"A schedule of {total} steps with {warmup} of warm-up is none.", error);
        }
    }

    private static TensorComparison Compare(string name, LearningRateSchedule schedule, IEnumerable<(long Step, double Factor)> expected, double limit)
    {
        var (largest, count) = (0.0, 0);
        foreach (var (step, factor) in expected)
        {
            largest = Math.Max(largest, Math.Abs(schedule.Factor(step) - factor));
            count++;
        }

        return count > 0 ? new(name, Stage, largest, limit) : new(name, Stage, double.NaN, limit, "no value is stored");
    }
}
