namespace Kinora.Training.Recipes;

/// <summary>How preferences are learned.</summary>
public sealed record DpoSection
{
    /// <summary>How strongly the model is held to the reference.</summary>
    public double Beta { get; init; } = 0.1;

    /// <summary>What the reference is.</summary>
    public ReferenceKind Reference { get; init; } = ReferenceKind.Start;

    /// <summary>The reference's checkpoint if it is <see cref="ReferenceKind.Directory"/>.</summary>
    public string? ReferenceDirectory { get; init; }
}
