namespace Kinora.Toybox.World;

/// <summary>What a toy is called; unique within a shot at any time.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Colour">The colour it has at that time.</param>
public readonly record struct ToyName(ToyKind Kind, ToyColour Colour);
