namespace Kinora.Training.Schedules;

/// <summary>What the learning rate does after the warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>Half a cosine down.</summary>
    Cosine,

    /// <summary>A straight line down.</summary>
    Linear,

    /// <summary>It stays.</summary>
    Constant,
}
