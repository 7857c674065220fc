namespace Kinora.Training.Preferences;

/// <summary>How a description compares with a human one.</summary>
/// <param name="Recall">The share, 0 to 1, of what the human says that the description says too.</param>
/// <param name="Precision">The share, 0 to 1, of what the description says that the human says too.</param>
public readonly record struct DescriptionScore(double Recall, double Precision);
