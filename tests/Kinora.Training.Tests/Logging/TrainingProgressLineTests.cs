using Kinora.Training.Logging;

namespace Kinora.Training.Tests.Logging;

public sealed class TrainingProgressLineTests
{
    [Fact]
    public void The_line_tells_step_loss_rates_and_time_left()
    {
        var line = new TrainingProgressLine(5000);
        Assert.Equal("step 0 of 5000", line.Text());
        line.Add(new(LogKind.Step, 1001) { Loss = 1.25, Seconds = 2, Tokens = 1624, Samples = 3 });
        Assert.Equal("step 1001 of 5000, loss 1.2500, 812 tokens/s, 1.5 samples/s, 2 h 13 min left", line.Text());
    }

    [Theory]
    [InlineData(1, "1 s left")]
    [InlineData(0.25, "1 s left")]
    [InlineData(80, "1 min 20 s left")]
    [InlineData(90000, "1 d 01 h left")]
    public void Time_left_has_two_units(double seconds, string expected)
    {
        var line = new TrainingProgressLine(2);
        line.Add(new(LogKind.Step, 1) { Loss = 1, Seconds = seconds });
        Assert.EndsWith(expected, line.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_loss_is_a_mean_in_which_older_steps_count_less()
    {
        var line = new TrainingProgressLine(100);
        line.Add(new(LogKind.Step, 1) { Loss = 4, Seconds = 1 });
        line.Add(new(LogKind.Step, 2) { Loss = 2, Seconds = 1 });
        Assert.Equal(((0.95 * 4) + 2) / 1.95, line.SmoothedLoss, 12);
        for (var step = 3; step < 300; step++)
        {
            line.Add(new(LogKind.Step, step) { Loss = 1, Seconds = 1 });
        }

        Assert.InRange(line.SmoothedLoss, 1, 1.0001);
        Assert.EndsWith(" 0 s left", line.Text(), StringComparison.Ordinal);
    }
}
