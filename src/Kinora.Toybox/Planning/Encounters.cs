using Kinora.Tensors;
using Kinora.Toybox.Motion;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Planning;

/// <summary>Proposes what one toy does to another.</summary>
internal static class Encounters
{
    private const double MostLeft = 16;
    private const double MostRight = 112;

    // Of toys that stand on each other nobody sees which passes which.
    private const double LeastGap = 30;

    private const double LandingLeft = 12;
    private const double LandingRight = 116;

    /// <summary>An event of this verb, or null if the two toys that were drawn can't do it.</summary>
    public static ToyEvent? Propose(ref CounterRandom random, Stage stage, Verb verb)
    {
        var subjects = stage.Free(verb switch
        {
            Verb.JumpOver => toy => toy.Kind.CanJump(),
            Verb.Hide => toy => toy.Kind.IsGroundMover() && toy.Size == ToySize.Small,
            _ => toy => toy.Kind.IsGroundMover(),
        });
        if (subjects.Count == 0)
        {
            return null;
        }

        var subject = random.Pick(subjects);
        var objects = stage.Free(verb switch
        {
            Verb.Chase => toy => toy.Kind.IsGroundMover(),
            Verb.Hide => toy => !toy.Kind.IsFlyer() && toy.Size == ToySize.Big,
            _ => toy => !toy.Kind.IsFlyer(),
        });
        objects.Remove(subject);
        if (objects.Count == 0)
        {
            return null;
        }

        var other = random.Pick(objects);
        var (one, two) = (stage.Toys[subject], stage.Toys[other]);

        // Who is pushed or hidden behind stands on the same line; a jump or a chase may go by in front or behind.
        if (verb is Verb.Bump or Verb.Hide && !Stage.ShareLine(one, two))
        {
            return null;
        }

        var sign = two.X > one.X ? 1 : -1;
        var gap = Math.Abs(two.X - one.X);
        var touching = EventMotion.Touching(one, two);
        var distance = verb switch
        {
            Verb.Bump => Bump(stage, subject, other, sign, gap - touching),
            Verb.JumpOver => gap > LeastGap ? JumpOver(one, sign, gap + touching) : null,
            Verb.Hide => gap > LeastGap && !stage.AreApart(subject, other) ? gap : null,
            _ => Chase(ref random, two, sign, gap, touching),
        };
        return distance is { } way
            ? new ToyEvent { Verb = verb, Subject = subject, Object = other, Direction = sign < 0 ? Direction.Left : Direction.Right, Distance = way }
            : null;
    }

    private static double? Bump(Stage stage, int subject, int other, int sign, double way)
    {
        const double LeastWay = 22;
        var pushed = stage.Toys[other].X + (sign * EventMotion.Push);
        return way >= LeastWay && !stage.AreApart(subject, other) && pushed is >= MostLeft and <= MostRight ? way : null;
    }

    private static double? JumpOver(in ToyState jumper, int sign, double way)
    {
        const double Behind = 4;
        return jumper.X + (sign * (way + Behind)) is >= LandingLeft and <= LandingRight ? way + Behind : null;
    }

    private static double? Chase(ref CounterRandom random, in ToyState chased, int sign, double gap, double touching)
    {
        const double MostGap = 62;
        const double Overlap = 4;
        const double LeastWay = 36;
        const double MostWay = 60;
        var end = sign < 0 ? MostLeft : MostRight;
        var room = sign * (end - chased.X);
        return gap >= touching - Overlap && gap <= MostGap && room >= LeastWay ? random.Between(LeastWay, Math.Min(MostWay, room)) : null;
    }
}
