namespace Kinora.Training.Optimization;

/// <summary>The constants of AdamW and Muon.</summary>
public sealed record OptimizerSettings
{
    /// <summary>How long the mean of gradients remembers.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How long the mean of squares remembers.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean square.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>How long Muon's sum of gradients remembers.</summary>
    public double Momentum { get; init; } = 0.95;

    /// <summary>The largest norm of all gradients together; longer ones are scaled down. Null: none.</summary>
    public double? MaxGradientNorm { get; init; }
}
