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
        const int Flying = 4;
        const int OnGround = 2;
        Span<Direction> directions = [Direction.Left, Direction.Right, Direction.Up, Direction.Down];
        var distance = random.Between(LeastWay, MostWay);
        var possible = 0;
        foreach (var direction in directions[..(stage.Toys[subject].Kind.IsFlyer() ? Flying : OnGround)])
        {
            if (Room(stage, subject, direction) >= (direction is Direction.Left or Direction.Right ? distance : LeastRise))
            {
                directions[possible++] = direction;
            }
        }

        if (possible == 0)
        {
            return null;
        }

        var way = directions[random.Below(possible)];
        return new ToyEvent
        {
            Verb = Verb.Move,
            Subject = subject,
            Direction = way,
            Distance = way is Direction.Left or Direction.Right ? distance : random.Between(LeastRise, Room(stage, subject, way)),
        };
    }

    /// <summary>How far a toy can go in a direction; 0 if it is there already.</summary>
    private static double Room(Stage stage, int subject, Direction direction)
    {
        const double Low = 58;
        const double High = 52;
        ref readonly var toy = ref stage.Toys[subject];
        return direction switch
        {
            Direction.Up => toy.Y > Low ? toy.Y - Highest : 0,
            Direction.Down => toy.Y < High ? Lowest - toy.Y : 0,
            Direction.Left => toy.X - Math.Max(MostLeft, stage.Neighbour(subject, -1) + Clearance),
            _ => Math.Min(MostRight, stage.Neighbour(subject, 1) - Clearance) - toy.X,
        };
    }
}
