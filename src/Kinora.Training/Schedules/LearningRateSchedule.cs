namespace Kinora.Training.Schedules;

/// <summary>
/// The factor that all learning rates have at an optimiser step: a linear warm-up from 0 and then a curve. The curves are those of Hugging Face's schedulers, the floor is PLLaVA's.
/// </summary>
/// <remarks>With a warm-up, step 0 has the factor 0: weights stay as they are, and only the optimiser's moments move.</remarks>
public sealed class LearningRateSchedule
{
    /// <summary>Makes a schedule.</summary>
    /// <param name="kind">The curve after the warm-up.</param>
    /// <param name="warmupSteps">Steps in which the factor grows from 0 to 1.</param>
    /// <param name="totalSteps">Steps of the run, at least 1; a warm-up longer than that never ends.</param>
    /// <param name="minRatio">The factor at the end, 0 to 1: the curve after the warm-up is squeezed into what is above it.</param>
    /// <param name="floor">The smallest factor, 0 to 1, warm-up included: the curve is cut off there.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number can't be used.</exception>
    public LearningRateSchedule(ScheduleKind kind, long warmupSteps, long totalSteps, double minRatio = 0, double floor = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(warmupSteps);
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, 1);
        ThrowIfNoShare(minRatio, nameof(minRatio));
        ThrowIfNoShare(floor, nameof(floor));
        (Kind, WarmupSteps, TotalSteps, MinRatio, Floor) = (kind, warmupSteps, totalSteps, minRatio, floor);
    }

    /// <summary>The curve after the warm-up.</summary>
    public ScheduleKind Kind { get; }

    /// <summary>Steps of the warm-up.</summary>
    public long WarmupSteps { get; }

    /// <summary>Steps of the run.</summary>
    public long TotalSteps { get; }

    /// <summary>Where the curve ends.</summary>
    public double MinRatio { get; }

    /// <summary>The smallest factor.</summary>
    public double Floor { get; }

    /// <summary>The factor of a step.</summary>
    /// <param name="step">From 0; past the last step the plain cosine rises again, as it does in the original, and all others stay at their end.</param>
    public double Factor(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return Math.Max(Floor, step < WarmupSteps ? (double)step / WarmupSteps : MinRatio + ((1 - MinRatio) * Curve(step)));
    }

    private double Curve(long step)
    {
        if (Kind == ScheduleKind.Constant)
        {
            return 1;
        }

        // A warm-up that takes the whole run leaves no way down.
        double length = Math.Max(1, TotalSteps - WarmupSteps), done = (step - WarmupSteps) / length;
        return Kind == ScheduleKind.Linear ? Math.Max(0, 1 - done)
            : 0.5 * (1 + Math.Cos(Math.PI * (MinRatio > 0 ? Math.Min(1, done) : done)));
    }

    private static void ThrowIfNoShare(double value, string name)
    {
        if (!(value is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, "Expected a number from 0 to 1.");
        }
    }
}
