using System.Globalization;

namespace Kinora.Training.Logging;

/// <summary>The line that follows a run on a terminal. Not thread-safe.</summary>
/// <param name="totalSteps">Steps of the whole run.</param>
public sealed class TrainingProgressLine(long totalSteps)
{
    // Of the last twenty steps or so, each counting less the older it is.
    private const double Memory = 0.95;

    private double weight, loss, seconds, tokens, samples;
    private long step;

    /// <summary>The loss of the last steps, smoothed; NaN before the first.</summary>
    public double SmoothedLoss => weight > 0 ? loss / weight : double.NaN;

    /// <summary>Takes a step in.</summary>
    /// <param name="entry">The step with its loss, seconds, tokens and samples.</param>
    public void Add(LogEvent entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        step = entry.Step;
        weight = (Memory * weight) + 1;
        loss = (Memory * loss) + (entry.Loss ?? 0);
        seconds = (Memory * seconds) + (entry.Seconds ?? 0);
        tokens = (Memory * tokens) + (entry.Tokens ?? 0);
        samples = (Memory * samples) + (entry.Samples ?? 0);
    }

    /// <summary>The line, such as <c>step 120 of 5000, loss 1.2345, 812 tokens/s, 1.3 samples/s, 1 h 02 min left</c>.</summary>
    public string Text()
    {
        if (weight == 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"step 0 of {totalSteps}");
        }

        var left = TimeSpan.FromSeconds(Math.Min(Math.Max(0, totalSteps - step) * seconds / weight, 1e9));
        return string.Create(CultureInfo.InvariantCulture, $"step {step} of {totalSteps}, loss {SmoothedLoss:0.0000}, {Rate(tokens)} tokens/s, {Rate(samples)} samples/s, {Left(left)} left");
    }

    private string Rate(double count)
    {
        var rate = seconds > 0 ? count / seconds : 0;
        return rate.ToString(rate < 10 ? "0.0#" : "0", CultureInfo.InvariantCulture);
    }

    private static string Left(TimeSpan time)
        => time.TotalMinutes < 1 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):0} s")
            : time.TotalHours < 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds:00} s")
            : time.TotalDays < 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.Hours} h {time.Minutes:00} min")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Days} d {time.Hours:00} h");
}
