using Kinora.Training.Schedules;

namespace Kinora.Training.Recipes;

/// <summary>How the learning rate moves.</summary>
public sealed record ScheduleSection
{
    /// <summary>The curve after the warm-up.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Cosine;

    /// <summary>Steps of the warm-up; null: by <see cref="WarmupRatio"/>.</summary>
    public long? WarmupSteps { get; init; }

    /// <summary>The warm-up's share of the run, rounded up to whole steps; unused where steps are given.</summary>
    public double WarmupRatio { get; init; } = 0.03;

    /// <summary>The factor at the end; the curve is squeezed into what is above it.</summary>
    public double MinRatio { get; init; }

    /// <summary>The smallest factor, warm-up included; the curve is cut off there.</summary>
    public double Floor { get; init; }

    /// <summary>The schedule of a run.</summary>
    /// <param name="totalSteps">Optimiser steps of the run, at least 1.</param>
    public LearningRateSchedule For(long totalSteps)
        => new(Kind, WarmupSteps ?? (long)Math.Ceiling(totalSteps * WarmupRatio), totalSteps, MinRatio, Floor);
}
