namespace Kinora.Training.Plotting;

/// <summary>A value at an optimiser step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Value">The value; NaN and infinities leave a gap.</param>
public readonly record struct CurvePoint(long Step, double Value);
