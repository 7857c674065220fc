using System.Text.Json;
using Kinora.Models.Verification;
using Kinora.Training.Schedules;

namespace Kinora.Training.Tests.Schedules;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Every_golden_rate_is_met()
    {
        var comparisons = ScheduleVerification.Compare(Golden());
        Assert.Equal(11, comparisons.Count);
        Assert.All(comparisons, comparison => Assert.True(comparison.Passed, $"{comparison}"));
        Assert.All(comparisons, comparison => Assert.True(comparison.Error < 1e-14, $"{comparison}"));
    }

    [Fact]
    public void Golden_rates_are_met_one_by_one_relative_to_themselves()
    {
        foreach (var setting in Golden().GetProperty("settings").EnumerateArray())
        {
            var (rate, warmup, total) = (setting.GetProperty("base").GetDouble(), setting.GetProperty("warmup").GetInt64(), setting.GetProperty("total").GetInt64());
            var schedule = new LearningRateSchedule(ScheduleKind.Cosine, warmup, total);
            var values = setting.GetProperty("values").GetProperty("cosine").EnumerateArray().Select(value => value.GetDouble()).ToArray();
            Assert.Equal(total + 3, values.Length);
            for (var step = 0; step < values.Length; step++)
            {
                Assert.InRange(rate * schedule.Factor(step), values[step] * (1 - 1e-9), values[step] * (1 + 1e-9));
            }
        }
    }

    [Fact]
    public void Other_ratios_floors_and_lengths_are_read_from_their_names()
    {
        var comparisons = ScheduleVerification.Compare(JsonDocument.Parse("""
            {"tolerance": 1e-12, "settings": [{"base": 2, "warmup": 2, "total": 4, "values": {"cosine_min_ratio_0.2": [0, 1, 2, 1.2, 0.4], "pllava_floor_0.6": [1.2, 1.2, 2, 1.2, 1.2]}}],
             "pllava_multiplier_w10_n30": {"0": 0.25, "5": 0.5, "20": 0.5}}
            """).RootElement);
        Assert.Equal(3, comparisons.Count);
        Assert.All(comparisons, comparison => Assert.True(comparison.Passed, $"{comparison}"));
        Assert.Contains("cosine_min_ratio_x", Assert.Throws<VerificationException>(() => ScheduleVerification.Of("cosine_min_ratio_x", 1, 2)).Message);
    }

    [Fact]
    public void A_wrong_rate_is_seen()
    {
        var text = Golden().GetRawText();
        var wrong = JsonDocument.Parse(text.Replace("4.000000000000001e-06", "4.00000001e-06", StringComparison.Ordinal)).RootElement;
        Assert.Contains(ScheduleVerification.Compare(wrong), comparison => !comparison.Passed);
    }

    [Theory]
    [InlineData(ScheduleKind.Linear)]
    [InlineData(ScheduleKind.Cosine)]
    public void The_minimum_is_where_the_curve_ends_and_stays(ScheduleKind kind)
    {
        var schedule = new LearningRateSchedule(kind, 2, 10, minRatio: 0.2);
        Assert.Equal(0, schedule.Factor(0));
        Assert.Equal(0.5, schedule.Factor(1));
        Assert.Equal(1, schedule.Factor(2));
        Assert.Equal(0.6, schedule.Factor(6), 12);
        Assert.Equal(0.2, schedule.Factor(10), 12);
        Assert.Equal(0.2, schedule.Factor(1000), 12);
    }

    [Fact]
    public void A_warm_up_as_long_as_the_run_divides_by_nothing()
    {
        var schedule = new LearningRateSchedule(ScheduleKind.Cosine, 5, 5);
        Assert.Equal([0, 0.2, 0.4, 0.6, 0.8, 1], Enumerable.Range(0, 6).Select(step => schedule.Factor(step)));
    }

    [Theory]
    [InlineData(-1, 10, 0, 0)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(0, 10, 1.5, 0)]
    [InlineData(0, 10, double.NaN, 0)]
    [InlineData(0, 10, 0, -0.1)]
    public void Numbers_out_of_range_are_refused(long warmup, long total, double minRatio, double floor)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateSchedule(ScheduleKind.Cosine, warmup, total, minRatio, floor));

    private static JsonElement Golden() => JsonDocument.Parse(File.ReadAllText(Fixture.At("training", "schedules.json"))).RootElement;
}
