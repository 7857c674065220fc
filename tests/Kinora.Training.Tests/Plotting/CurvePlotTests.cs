using System.Globalization;
using System.Xml.Linq;
using Kinora.Training.Logging;
using Kinora.Training.Plotting;
using Kinora.Training.Runs;
using Kinora.Training.Schedules;

namespace Kinora.Training.Tests.Plotting;

public sealed class CurvePlotTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Runs_are_drawn_with_raw_and_smoothed_loss_and_all_panels()
    {
        var svg = XDocument.Parse(CurvePlot.Svg([Run("a", 1), Run("b", 2)]));
        string[] texts = [.. svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];
        foreach (var expected in new[] { "a", "b", "Loss", "Validation loss", "Learning rate", "Gradient norm", "0", "100", "3" })
        {
            Assert.Contains(expected, texts);
        }

        // Loss and gradient norm of two runs raw; and all four curves of both, and both marks of the legend, thick.
        Assert.Equal(4, Paths(svg, "raw").Length);
        Assert.Equal(10, Paths(svg, "line").Length);
        Assert.Equal(2, Paths(svg, "line").Select(path => path.Attribute("stroke")!.Value).Distinct().Count());
        foreach (var path in Paths(svg, "line"))
        {
            Assert.All(Numbers(path), pair => Assert.True(pair is { X: >= 0 and <= 960, Y: >= 0 and <= 580 }, $"{pair}"));
        }
    }

    [Fact]
    public void A_curve_stands_where_its_numbers_are()
    {
        var svg = XDocument.Parse(CurvePlot.Svg([new RunCurves("a") { Loss = [new(0, 0), new(50, 4), new(100, 2)] }]));
        var points = Numbers(Paths(svg, "raw").Single());
        Assert.Equal(points[0].X + ((points[2].X - points[0].X) / 2), points[1].X, 0.11);
        Assert.Equal((points[0].Y + points[1].Y) / 2, points[2].Y, 0.11);
        Assert.True(points[1].Y < points[2].Y);
    }

    [Fact]
    public void Values_that_are_no_numbers_leave_gaps()
    {
        var svg = XDocument.Parse(CurvePlot.Svg([new RunCurves("a") { Loss = [new(1, 1), new(2, 2), new(3, double.NaN), new(4, double.PositiveInfinity), new(5, 2), new(6, 1)] }]));
        var path = Paths(svg, "raw").Single().Attribute("d")!.Value;
        Assert.Equal(2, path.Count(letter => letter == 'M'));
        Assert.Equal(2, path.Count(letter => letter == 'L'));
        Assert.Contains("no finite value", CurvePlot.Svg([new RunCurves("a") { Loss = [new(1, double.NaN)] }]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>&\"'")]
    [InlineData("a\u0001\ud800b\uffff")]
    [InlineData("a name that is far too long to stand in any legend of the world, whatever its letters are")]
    public void Any_name_gives_a_sound_picture(string name)
        => Assert.DoesNotContain(XDocument.Parse(CurvePlot.Svg([Run(name, 1), Run(name, 2), Run("c", 3)])).Descendants(), element => element.Name.LocalName == "script");

    [Fact]
    public void Long_runs_take_no_more_room_than_a_picture_shows_and_keep_their_spikes()
    {
        var points = Enumerable.Range(0, 200_000).Select(step => new CurvePoint(step, step == 123_456 ? 50 : Math.Sin(step))).ToArray();
        var thin = CurveShape.Thinned(points, 1200);
        Assert.InRange(thin.Count, 1000, 1200);
        Assert.Contains(points[123_456], thin);
        Assert.True(thin.Zip(thin.Skip(1)).All(pair => pair.First.Step < pair.Second.Step));
        Assert.InRange(CurvePlot.Svg([new RunCurves("a") { Loss = points }]).Length, 1000, 60_000);
    }

    [Fact]
    public void Smoothing_is_a_mean_of_what_was()
    {
        Assert.All(CurveShape.Smoothed([.. Enumerable.Range(0, 500).Select(step => new CurvePoint(step, 3))]), point => Assert.Equal(3, point.Value, 9));
        var noisy = CurveShape.Smoothed([.. Enumerable.Range(0, 600).Select(step => new CurvePoint(step, step % 2))]);
        Assert.All(noisy.Skip(100), point => Assert.InRange(point.Value, 0.45, 0.55));
    }

    [Theory]
    [InlineData(0, 1, 4, "0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0, 2e-5, 4, "0 5e-6 1e-5 1.5e-5 2e-5")]
    [InlineData(0, 50000, 5, "0 10k 20k 30k 40k 50k")]
    [InlineData(-1, 1, 4, "-1.0 -0.5 0 0.5 1.0")]
    [InlineData(2.31, 2.39, 4, "2.32 2.34 2.36 2.38")]
    public void Ticks_are_round(double from, double to, int wanted, string expected)
    {
        var ticks = AxisTicks.Between(from, to, wanted);
        Assert.Equal(expected, string.Join(' ', ticks.Select(tick => AxisTicks.Text(tick, ticks[1] - ticks[0], Math.Max(Math.Abs(from), Math.Abs(to))))));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    [InlineData(-3, -3)]
    [InlineData(1e-300, 1e-300)]
    [InlineData(0.1, 3)]
    [InlineData(2.3, 2.4)]
    public void A_range_holds_its_values(double least, double most)
    {
        var (from, to) = AxisTicks.Around(least, most, 5);
        var rounding = 1e-12 * Math.Max(Math.Abs(least), Math.Abs(most));
        Assert.True(from <= least + rounding && most <= to + rounding && from < to);
        Assert.InRange(to - from, 0, Math.Max(3, 2 * (most - least)));
    }

    [Fact]
    public void Curves_come_from_a_runs_log()
    {
        using (var log = RunLog.Create(directory.File("log.jsonl")))
        {
            log.Write(new(LogKind.Broken, 0));
            log.Write(new(LogKind.Step, 1) { Loss = 2, GradNorm = 3 });
            log.Write(new(LogKind.Validation, 1) { Loss = 1.5 });
            var curves = RunCurves.Read(directory.Path);
            Assert.Equal(Path.GetFileName(directory.Path), curves.Name);
            Assert.Equal([new CurvePoint(1, 2)], curves.Loss);
            Assert.Equal([new CurvePoint(1, 3)], curves.GradNorm);
            Assert.Equal([new CurvePoint(1, 1.5)], curves.Validation);
            Assert.Empty(curves.LearningRate);
        }

        Directory.CreateDirectory(directory.File("empty"));
        Assert.Throws<RunException>(() => RunCurves.Read(directory.File("empty")));
        directory.Write("empty/log.jsonl", "");
        Assert.Contains("no step yet", Assert.Throws<RunException>(() => RunCurves.Read(directory.File("empty"))).Message, StringComparison.Ordinal);
    }

    private static RunCurves Run(string name, int seed)
    {
        var random = new Random(seed);
        var schedule = new LearningRateSchedule(ScheduleKind.Cosine, 20, 300);
        var events = new List<LogEvent>();
        for (var step = 1; step <= 300; step++)
        {
            var loss = (0.4 * seed) + (2.6 * Math.Exp(-step / 60.0)) + (0.25 * random.NextDouble());
            events.Add(new(LogKind.Step, step) { Loss = loss, LearningRate = 2e-5 * schedule.Factor(step - 1), GradNorm = 1 + (2 * Math.Exp(-step / 30.0)) + random.NextDouble() });
            if (step % 50 == 0)
            {
                events.Add(new(LogKind.Validation, step) { Loss = loss + 0.1 });
            }
        }

        return RunCurves.Of(name, events);
    }

    private static XElement[] Paths(XDocument svg, string kind) => [.. svg.Descendants().Where(element => element.Name.LocalName == "path" && element.Attribute("class")?.Value == kind)];

    private static (double X, double Y)[] Numbers(XElement path)
        => [.. path.Attribute("d")!.Value.Split(['M', 'L'], StringSplitOptions.RemoveEmptyEntries).Where(pair => !pair.Contains('h', StringComparison.Ordinal)).Select(pair => pair.Split(' '))
            .Select(pair => (double.Parse(pair[0], CultureInfo.InvariantCulture), double.Parse(pair[1], CultureInfo.InvariantCulture)))];
}
