namespace Kinora.Training.Logging;

/// <summary>What a line of the log tells of.</summary>
public enum LogKind
{
    /// <summary>An optimiser step.</summary>
    Step,

    /// <summary>A validation.</summary>
    Validation,

    /// <summary>A sample that couldn't be learned from.</summary>
    Broken,

    /// <summary>A checkpoint was written.</summary>
    Saved,

    /// <summary>A run went on from a checkpoint.</summary>
    Resumed,

    /// <summary>A run ended, or was ended.</summary>
    Stopped,
}
