namespace Kinora.Training.Logging;

/// <summary>A line of the log. What is null isn't written.</summary>
/// <param name="Kind">What it tells of.</param>
/// <param name="Step">Optimiser steps that were done by then; a step's own line has its number from 1.</param>
public sealed record LogEvent(LogKind Kind, long Step)
{
    /// <summary>The mean loss of the learned tokens, or of the preference pairs; may be NaN.</summary>
    public double? Loss { get; init; }

    /// <summary>The rate at the step, of what has no rate of its own.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The norm of all gradients before clipping; may be NaN or infinite.</summary>
    public double? GradNorm { get; init; }

    /// <summary>Preference tuning: the mean margin between the rewards of the better and the worse answer.</summary>
    public double? Margin { get; init; }

    /// <summary>Preference tuning: the share of pairs in which the better answer has the higher reward.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Learning from the world: the mean loss of each kind of text and head; of a validation scores such as <c>f1</c>.</summary>
    public IReadOnlyDictionary<string, double>? Parts { get; init; }

    /// <summary>Places of the decoder's sequence that were computed.</summary>
    public long? Tokens { get; init; }

    /// <summary>Tokens that were learned, of which the loss is the mean.</summary>
    public long? LearnedTokens { get; init; }

    /// <summary>Samples.</summary>
    public long? Samples { get; init; }

    /// <summary>Tokens per second.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>Samples per second.</summary>
    public double? SamplesPerSecond { get; init; }

    /// <summary>How long it took.</summary>
    public double? Seconds { get; init; }

    /// <summary>The sample, file or checkpoint that it is about.</summary>
    public string? Source { get; init; }

    /// <summary>One line that says why.</summary>
    public string? Reason { get; init; }
}
