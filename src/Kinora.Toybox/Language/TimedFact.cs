namespace Kinora.Toybox.Language;

/// <summary>A fact with its time.</summary>
/// <param name="Fact">What happens.</param>
/// <param name="Shot">The shot, from 0.</param>
/// <param name="Start">The first frame, counted in the clip.</param>
/// <param name="End">The frame behind the last.</param>
public readonly record struct TimedFact(EventFact Fact, int Shot, int Start, int End);
