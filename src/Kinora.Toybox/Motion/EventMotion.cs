using Kinora.Toybox.World;

namespace Kinora.Toybox.Motion;

/// <summary>What an event does to the toys while it lasts, and what it leaves.</summary>
internal static class EventMotion
{
    /// <summary>How near the middles of two toys are when they touch, in pixels.</summary>
    public static double Touching(in ToyState one, in ToyState other) => ((one.Side + other.Side) / 2) - 3;

    /// <summary>How far a toy that is bumped into is pushed, in pixels.</summary>
    public const double Push = 12;

    /// <summary>The share of a bump after which they touch.</summary>
    private const double Impact = 0.6;

    private const double Recoil = 5;
    private const double Tilt = 22;
    private const double JumpScale = 136;
    private const double DegreesPerPixel = 3;

    /// <summary>Changes toys that are as they were when the event began to what they are when a share of its time is over.</summary>
    /// <param name="happening">The event; the camera's changes no toy.</param>
    /// <param name="progress">0 to 1.</param>
    /// <param name="toys">The toys of the shot.</param>
    public static void Apply(ToyEvent happening, double progress, Span<ToyState> toys)
    {
        if (happening.Subject < 0)
        {
            return;
        }

        ref var subject = ref toys[happening.Subject];
        var smooth = Easing.Smooth(progress);
        switch (happening.Verb)
        {
            case Verb.Move when happening.Direction is Direction.Up or Direction.Down:
                subject = subject with { Altitude = subject.Altitude + (happening.Direction == Direction.Up ? happening.Distance * smooth : -happening.Distance * smooth) };
                break;
            case Verb.Move:
                Go(ref subject, happening, smooth);
                break;
            case Verb.Jump:
                subject = subject with { Altitude = subject.Altitude + (JumpScale * progress * (1 - progress)) };
                break;
            case Verb.Spin:
                subject = subject with { Angle = subject.Angle + (360 * progress) };
                break;
            case Verb.Grow:
                subject = subject with { Side = subject.Side + ((ToySizes.Big - subject.Side) * smooth) };
                break;
            case Verb.Shrink:
                subject = subject with { Side = subject.Side + ((ToySizes.Small - subject.Side) * smooth) };
                break;
            case Verb.Recolour:
                subject = subject with { NextColour = happening.NewColour!.Value, ColourShare = Math.Clamp((3 * progress) - 1, 0, 1) };
                break;
            case Verb.Appear:
                subject = subject with { Alpha = Math.Min(1, 2 * progress) };
                break;
            case Verb.Disappear:
                subject = subject with { Alpha = Math.Max(0, 1 - (2 * progress)) };
                break;
            case Verb.Bump:
                Bump(ref subject, ref toys[happening.Object], happening, progress);
                break;
            case Verb.JumpOver:
                // 4h p (1 - p) is h at the top.
                var height = (0.75 * toys[happening.Object].Side) + 18;
                Face(ref subject, happening);
                subject = subject with { X = subject.X + (Sign(happening) * happening.Distance * progress), Altitude = subject.Altitude + (4 * height * progress * (1 - progress)) };
                break;
            case Verb.Hide:
                Go(ref subject, happening, smooth);
                subject = subject with { IsBehind = true };
                break;
            case Verb.Chase:
                Go(ref subject, happening, progress);
                Go(ref toys[happening.Object], happening, progress);
                break;
            default:
                throw new ArgumentException($"A toy can't {happening.Verb}.", nameof(happening));
        }
    }

    /// <summary>What the event leaves: the end of its motion, a colour that has become the toy's own, an angle of less than a turn.</summary>
    public static void Finish(ToyEvent happening, Span<ToyState> toys)
    {
        if (happening.Subject < 0)
        {
            return;
        }

        Apply(happening, 1, toys);
        ref var subject = ref toys[happening.Subject];
        subject = subject with
        {
            Colour = subject.NextColour,
            ColourShare = 0,
            IsHidden = subject.IsHidden || happening.Verb == Verb.Hide,
            Angle = subject.Angle % 360,
        };
    }

    private static double Sign(ToyEvent happening) => happening.Direction == Direction.Left ? -1 : 1;

    private static void Face(ref ToyState toy, ToyEvent happening)
        => toy = toy with { IsMirrored = happening.Direction == Direction.Left && toy.Kind.CanFaceLeft() };

    private static void Go(ref ToyState toy, ToyEvent happening, double share)
    {
        var way = Sign(happening) * happening.Distance * share;
        Face(ref toy, happening);
        toy = toy with { X = toy.X + way, Angle = toy.Kind.Rolls() ? toy.Angle + (DegreesPerPixel * way) : toy.Angle };
    }

    private static void Bump(ref ToyState subject, ref ToyState toy, ToyEvent happening, double progress)
    {
        if (progress < Impact)
        {
            var share = progress / Impact;
            Go(ref subject, happening, share * share);
            return;
        }

        Go(ref subject, happening, 1);
        var after = (progress - Impact) / (1 - Impact);
        var smooth = Easing.Smooth(after);
        subject = subject with { X = subject.X - (Sign(happening) * Recoil * smooth) };
        toy = toy with { X = toy.X + (Sign(happening) * Push * smooth), Angle = toy.Angle + (Sign(happening) * Tilt * Easing.HalfWave(after)) };
    }
}
