using Kinora.Tensors;
using Kinora.Toybox.Language;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Questions;

/// <summary>Things that don't happen in a clip but could be thought to. What is nearly true (a toy that chases moves, too) is not among them.</summary>
internal sealed class Falsehoods
{
    private readonly List<EventFact> truth;

    // A cut brings toys in and takes others away: whether they appear or disappear is a matter of words.
    private readonly HashSet<ToyName> broughtByCut;
    private readonly HashSet<ToyName> takenByCut;
    private readonly List<ToyName> names;

    // A toy that changes its colour has two names.
    private readonly Dictionary<ToyName, ToyName> firstNames = [];

    public Falsehoods(ClipPlan plan)
    {
        foreach (var shot in plan.Shots)
        {
            foreach (var slot in shot.Slots)
            {
                for (var toy = 0; toy < shot.Toys.Count; toy++)
                {
                    firstNames.TryAdd(slot.Before[toy].Name, shot.Toys[toy].Name);
                    firstNames.TryAdd(slot.After[toy].Name, shot.Toys[toy].Name);
                }
            }
        }

        broughtByCut = [.. plan.Shots.Skip(1).SelectMany(shot => shot.Toys.Select(toy => toy.Name))];
        takenByCut = [.. plan.Shots.SkipLast(1).SelectMany(shot => shot.Toys.Select(toy => toy.Name))];
        truth = [.. ClipFacts.Of(plan).Select(fact => Known(fact.Fact))];
        names = [.. plan.Shots.SelectMany(shot => shot.Toys.Select(toy => toy.Name)).Distinct()];
    }

    /// <summary>Something false about a toy, or null if chance finds nothing.</summary>
    public EventFact? About(ToyName toy, ref CounterRandom random)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            if (Make(toy, ref random) is { } fact && IsFalse(fact))
            {
                return fact;
            }
        }

        return null;
    }

    /// <summary>A true event with one thing about it changed: the way, the colour, who or whom; null if chance finds nothing.</summary>
    public EventFact? Near(EventFact fact, ref CounterRandom random)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            EventFact? other = random.Below(4) switch
            {
                0 when fact.Direction is Direction.Left or Direction.Right && fact.Verb != Verb.Chase => fact with { Direction = fact.Direction == Direction.Left ? Direction.Right : Direction.Left },
                0 when fact.NewColour is not null => fact with { NewColour = (ToyColour)random.Below(8) },
                1 when fact is { Object: { } whom, Subject: { } who } => fact with { Subject = whom, Object = who },
                2 when fact.Object is { } => fact with { Object = names[random.Below(names.Count)] },
                3 when fact.Subject is { } => fact with { Subject = names[random.Below(names.Count)] },
                _ => null,
            };
            if (other is { } one && one.Subject != one.Object && IsPossible(one) && IsFalse(one))
            {
                return one;
            }
        }

        return null;
    }

    /// <summary>Whether nobody who saw the clip would say so.</summary>
    public bool IsFalse(EventFact fact)
    {
        var own = fact.Subject;
        fact = Known(fact);
        return !truth.Any(known => Implies(known, fact))
            && !(fact.Verb == Verb.Appear && broughtByCut.Contains(fact.Subject!.Value))
            && !(fact.Verb == Verb.Disappear && takenByCut.Contains(fact.Subject!.Value))
            && !(fact.Verb == Verb.Chase && GoTogether(fact))
            && !(fact.Verb == Verb.Recolour && (fact.NewColour == fact.Subject!.Value.Colour || fact.NewColour == own!.Value.Colour));
    }

    /// <summary>Two toys that go the same way look like a chase.</summary>
    private bool GoTogether(EventFact chase)
        => truth.Any(one => one.Verb == Verb.Move && one.Subject == chase.Subject && truth.Any(other => other.Verb == Verb.Move && other.Subject == chase.Object && other.Direction == one.Direction));

    private EventFact Known(EventFact fact) => fact with { Subject = Known(fact.Subject), Object = Known(fact.Object) };

    private ToyName? Known(ToyName? toy) => toy is { } name && firstNames.TryGetValue(name, out var first) ? first : toy;

    /// <summary>Whether one who saw the first would not deny the second.</summary>
    private static bool Implies(EventFact known, EventFact fact)
    {
        if (known == fact || (known.Verb == Verb.Chase && fact.Verb == Verb.Chase && known.Subject == fact.Subject && known.Object == fact.Object))
        {
            return true;
        }

        var concerned = fact.Subject == known.Subject || (fact.Subject == known.Object && known.Object is not null);
        return concerned && fact.Verb switch
        {
            // Whoever chases, is chased, bumps, is bumped, hides or leaps goes somewhere too.
            Verb.Move => known.Verb is Verb.Chase or Verb.Bump or Verb.Hide or Verb.JumpOver,
            Verb.Jump => known.Verb == Verb.JumpOver,

            // Whoever leaps over one toy may pass another on the way; a ball that goes anywhere rolls.
            Verb.JumpOver => known.Verb == Verb.JumpOver && fact.Subject == known.Subject,
            Verb.Spin => fact.Subject is { Kind: ToyKind.Ball } && known.Verb is (Verb.Move or Verb.Chase or Verb.Bump or Verb.Hide),
            Verb.Disappear => known.Verb == Verb.Hide,
            Verb.Bump => known.Verb is Verb.Hide or Verb.Chase,
            Verb.Chase => known.Verb is Verb.Bump && fact.Subject == known.Subject,
            Verb.Hide => known.Verb is Verb.Disappear,
            _ => false,
        };
    }

    private static bool IsPossible(EventFact fact) => fact.Subject is not { Kind: ToyKind.Tree } || fact.Verb is Verb.Grow or Verb.Shrink or Verb.Recolour or Verb.Appear or Verb.Disappear;

    private EventFact? Make(ToyName toy, ref CounterRandom random)
    {
        var others = names.Where(name => name != toy).ToList();
        ToyName? other = others.Count == 0 ? null : others[random.Below(others.Count)];
        return random.Below(10) switch
        {
            0 or 1 => new EventFact(Verb.Move, toy, toy.Kind is ToyKind.Bird or ToyKind.Balloon ? (Direction)random.Below(4) : (Direction)random.Below(2)),
            2 => new(Verb.Jump, toy),
            3 => new(Verb.Spin, toy),
            4 => new(Verb.Grow, toy),
            5 => new(Verb.Shrink, toy),
            6 => (ToyColour)random.Below(8) is var colour && colour == toy.Colour ? null : new EventFact(Verb.Recolour, toy, NewColour: colour),
            7 => new(random.Below(2) == 0 ? Verb.Appear : Verb.Disappear, toy),
            _ when other is null => null,
            8 => new(random.Below(2) == 0 ? Verb.Bump : Verb.JumpOver, toy, Object: other),
            _ => new(random.Below(2) == 0 ? Verb.Hide : Verb.Chase, toy, Object: other),
        };
    }
}
