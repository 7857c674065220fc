using Kinora.Toybox.World;

namespace Kinora.Toybox.Language;

/// <summary>What a text says of an event: all that is judged. Equal facts are the same fact.</summary>
/// <param name="Verb">What happens.</param>
/// <param name="Subject">Who does it, by the name it has when the event begins; null: the camera.</param>
/// <param name="Direction">Which way; of moves, chases, pans and zooms only.</param>
/// <param name="NewColour">What a toy turns; of recolouring only.</param>
/// <param name="Object">Whom it is done to; of bumps, jumps over, hiding and chases only.</param>
public readonly record struct EventFact(Verb Verb, ToyName? Subject, Direction? Direction = null, ToyColour? NewColour = null, ToyName? Object = null);
