namespace Kinora.Training.Trainers;

/// <summary>What came of the samples of one step.</summary>
/// <param name="Loss">Their loss: of a token in the mean, or of a pair.</param>
/// <param name="Tokens">Positions that were computed.</param>
/// <param name="Learned">Tokens that were learned.</param>
public readonly record struct StepResult(double Loss, long Tokens, long Learned)
{
    /// <summary>Learning from the world: the mean loss of each kind of text and head by its name.</summary>
    public IReadOnlyDictionary<string, double>? Parts { get; init; }

    /// <summary>Preference tuning: the mean margin between better and worse answers.</summary>
    public double? Margin { get; init; }

    /// <summary>Preference tuning: the share of pairs whose better answer has the higher reward.</summary>
    public double? Accuracy { get; init; }
}
