using Kinora.Tensors;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Planning;

/// <summary>Proposes what a toy does by itself.</summary>
internal static class SoloEvents
{
    private const double LeastWay = 38;
    private const double MostWay = 64;
    private const double LeastRise = 30;
    private const double MostLeft = 16;
    private const double MostRight = 112;
    private const double Clearance = 36;
    private const double Highest = 24;
    private const double Lowest = 88;

    private static readonly ToyColour[] Colours = Enum.GetValues<ToyColour>();

    /// <summary>An event of this verb, or null if the toy that was drawn can't do it.</summary>
    public static ToyEvent? Propose(ref CounterRandom random, Stage stage, Verb verb)
    {
        if (verb == Verb.Appear)
        {
            return stage.Absent is { } absent ? new ToyEvent { Verb = Verb.Appear, Subject = absent } : null;
        }

        var able = stage.Free(verb switch
        {
            Verb.Move => toy => toy.Kind.CanMove(),
            Verb.Jump => toy => toy.Kind.CanJump(),
            Verb.Spin => toy => toy.Kind.CanSpin(),
            Verb.Grow => toy => toy.Size == ToySize.Small,
            Verb.Shrink => toy => toy.Size == ToySize.Big,
            _ => _ => true,
        });
        if (able.Count == 0)
        {
            return null;
        }

        var subject = random.Pick(able);
        return verb switch
        {
            Verb.Move => Move(ref random, stage, subject),
            Verb.Recolour => Recolour(ref random, stage, subject),

            // A clip that begins with its only toy leaving has nothing to show.
            Verb.Disappear when stage.IsFirstSlot && stage.VisibleCount == 1 => null,
            _ => new ToyEvent { Verb = verb, Subject = subject },
        };
    }

    private static ToyEvent? Recolour(ref CounterRandom random, Stage stage, int subject)
    {
        var colour = random.Pick(Colours);
        return stage.IsNew(new ToyName(stage.Toys[subject].Kind, colour)) ? new ToyEvent { Verb = Verb.Recolour, Subject = subject, NewColour = colour } : null;
    }

    private static ToyEvent? Move(ref CounterRandom random, Stage stage, int subject)
    {
        var toy = stage.Toys[subject];
        var direction = (Direction)random.Below(toy.Kind.IsFlyer() ? 4 : 2);
        if (direction is Direction.Up or Direction.Down)
        {
            return Rise(ref random, subject, toy, direction);
        }

        var sign = direction == Direction.Left ? -1 : 1;
        var distance = random.Between(LeastWay, MostWay);
        var end = toy.X + (sign * distance);
        return end is >= MostLeft and <= MostRight && !stage.IsBlocked(subject, toy.X - (sign * Clearance), end + (sign * Clearance))
            ? new ToyEvent { Verb = Verb.Move, Subject = subject, Direction = direction, Distance = distance }
            : null;
    }

    private static ToyEvent? Rise(ref CounterRandom random, int subject, in ToyState toy, Direction direction)
    {
        const double AtLeast = 58;
        const double AtMost = 52;
        var room = direction == Direction.Up ? toy.Y - Highest : Lowest - toy.Y;
        var allowed = direction == Direction.Up ? toy.Y > AtLeast : toy.Y < AtMost;
        return allowed && room >= LeastRise
            ? new ToyEvent { Verb = Verb.Move, Subject = subject, Direction = direction, Distance = random.Between(LeastRise, room) }
            : null;
    }
}
