namespace Kinora.Models.Inputs;

/// <summary>What is known of something visual before its pictures are: enough to write a prompt and to plan.</summary>
/// <param name="Frames">Pictures.</param>
/// <param name="Width">Of each, in pixels.</param>
/// <param name="Height">Of each, in pixels.</param>
/// <param name="IsVideo">Whether they are frames of a video.</param>
public readonly record struct VisualShape(int Frames, int Width, int Height, bool IsVideo);
