using Kinora.Toybox.World;

namespace Kinora.Toybox.Language;

/// <summary>The facts of a clip.</summary>
public static class ClipFacts
{
    /// <summary>All events of a clip in the order in which a description tells them.</summary>
    public static IReadOnlyList<TimedFact> Of(ClipPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var facts = new List<TimedFact>();
        var first = 0;
        for (var shot = 0; shot < plan.Shots.Count; shot++)
        {
            foreach (var slot in plan.Shots[shot].Slots)
            {
                facts.AddRange(InTellingOrder(slot).Select(happening => new TimedFact(Of(happening, slot), shot, first + slot.Start, first + slot.End)));
            }

            first += plan.Shots[shot].Frames;
        }

        return facts;
    }

    /// <summary>An event as a fact.</summary>
    public static EventFact Of(ToyEvent happening, Slot slot)
    {
        ArgumentNullException.ThrowIfNull(happening);
        ArgumentNullException.ThrowIfNull(slot);
        ToyName? subject = happening.Subject < 0 ? null : slot.Before[happening.Subject].Name;
        return happening.Verb switch
        {
            Verb.Move or Verb.Pan or Verb.Zoom => new(happening.Verb, subject, happening.Direction),
            Verb.Recolour => new(happening.Verb, subject, NewColour: happening.NewColour),
            Verb.Bump or Verb.JumpOver or Verb.Hide => new(happening.Verb, subject, Object: slot.Before[happening.Object].Name),
            Verb.Chase => new(happening.Verb, subject, happening.Direction, Object: slot.Before[happening.Object].Name),
            _ => new(happening.Verb, subject),
        };
    }

    /// <summary>The events of a slot, the one whose toy is further left first.</summary>
    internal static IEnumerable<ToyEvent> InTellingOrder(Slot slot)
        => slot.Events.Count < 2 ? slot.Events : slot.Events.OrderBy(happening => happening.Subject < 0 ? double.NegativeInfinity : slot.Before[happening.Subject].X);
}
