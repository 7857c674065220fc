using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Kinora.Models;
using Kinora.Models.Verification;

namespace Kinora.Training.Schedules;

/// <summary>Compares schedules with those of a golden directory.</summary>
public static partial class ScheduleVerification
{
    private const string Stage = "inputs";

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

        foreach (var entry in manifest.EnumerateObject())
        {
            if (Multiplier().Match(entry.Name) is { Success: true } name)
            {
                var expected = entry.Value.EnumerateObject().Select(value => (long.TryParse(value.Name, out var step) && step >= 0 ? step : throw new VerificationException($"{entry.Name} holds a key that is no step."), value.Value.GetDouble()));
                comparisons.Add(Compare(entry.Name, Of("pllava_floor_0.25", long.Parse(name.Groups[1].ValueSpan, CultureInfo.InvariantCulture), long.Parse(name.Groups[2].ValueSpan, CultureInfo.InvariantCulture)), expected, limit));
            }
        }

        return comparisons;
    }

    /// <summary>The schedule that golden data call so: a curve, or <c>cosine_min_ratio_R</c>, or <c>pllava_floor_F</c>.</summary>
    /// <exception cref="VerificationException">A kind that isn't known, or a number that can't be used.</exception>
    internal static LearningRateSchedule Of(string? name, long warmup, long total)
    {
        try
        {
            return name switch
            {
                "cosine" => new(ScheduleKind.Cosine, warmup, total),
                "linear" => new(ScheduleKind.Linear, warmup, total),
                "constant" => new(ScheduleKind.Constant, warmup, total),
                _ when Ending(name, "cosine_min_ratio_") is { } ratio => new(ScheduleKind.Cosine, warmup, total, minRatio: ratio),
                _ when Ending(name, "pllava_floor_") is { } floor => new(ScheduleKind.Cosine, warmup, total, floor: floor),
                _ => throw new VerificationException($"The manifest holds a schedule {Quotation.Of(name ?? "without a name")}, which isn't known here."),
            };
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new VerificationException($"A schedule of {total} steps with {warmup} of warm-up is none.", error);
        }
    }

    private static double? Ending(string? name, string beginning)
        => name is not null && name.StartsWith(beginning, StringComparison.Ordinal) && double.TryParse(name.AsSpan(beginning.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"^pllava_multiplier_w(\d{1,9})_n(\d{1,9})$")]
    private static partial Regex Multiplier();

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
