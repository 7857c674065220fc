using Kinora.Models.Generation;
using Kinora.Models.Weights;

namespace Kinora.Models.Planning;

/// <summary>What the user can change about a run that costs memory and time.</summary>
/// <param name="Weights">How weights are kept.</param>
/// <param name="Frames">Pictures to look at.</param>
/// <param name="Generation">How the answer is written.</param>
/// <param name="Question">What is asked; null: the family's request for a description.</param>
public sealed record RunSettings(WeightFormat Weights, int Frames, GenerationOptions Generation, string? Question = null);
