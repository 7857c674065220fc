using Kinora.Toybox.Motion;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Tests.Motion;

/// <summary>How things move.</summary>
public sealed class ShotMotionTests
{
    private const int Many = 1500;

    [Fact]
    public void Nothing_leaps_from_frame_to_frame()
        => Assert.All(Worlds.Shots(3, Many), shot =>
        {
            var before = At(shot, 0);
            for (var frame = 1; frame < shot.Frames; frame++)
            {
                var now = At(shot, frame);
                for (var toy = 0; toy < now.Length; toy++)
                {
                    Assert.InRange(Math.Abs(now[toy].X - before[toy].X), 0, 20);
                    Assert.InRange(Math.Abs(now[toy].Altitude - before[toy].Altitude), 0, 16);
                    Assert.InRange(Math.Abs(now[toy].Side - before[toy].Side), 0, 2);
                    Assert.InRange(Math.Abs(now[toy].Alpha - before[toy].Alpha), 0, 0.15);
                    Assert.InRange(Math.Abs(Math.IEEERemainder(now[toy].Angle - before[toy].Angle, 360)), 0, 60);
                }

                before = now;
            }
        });

    [Fact]
    public void Slots_begin_and_end_as_the_plan_says()
        => Assert.All(Worlds.Shots(3, Many), shot =>
        {
            Assert.Equal(shot.Toys, At(shot, 0));
            Assert.Equal(shot.Slots[^1].After, At(shot, shot.Frames - 1));
            Assert.All(shot.Slots, slot => Assert.Equal(slot.Before, At(shot, slot.Start - 1)));
            Assert.All(shot.Slots, slot => Assert.Equal(slot.After, At(shot, slot.End)));
        });

    [Fact]
    public void Toys_face_the_way_they_go()
    {
        Assert.All(Worlds.Shots(3, Many), shot => Assert.All(shot.Slots, slot => Assert.All(
            slot.Events.Where(happening => happening.Verb is Verb.Move && happening.Direction is Direction.Left or Direction.Right),
            happening => Assert.Equal(happening.Direction == Direction.Left && slot.Before[happening.Subject].Kind.CanFaceLeft(), At(shot, slot.Start + 5)[happening.Subject].IsMirrored))));
    }

    [Fact]
    public void A_jump_over_passes_above_the_other()
        => Assert.All(Worlds.Shots(3, 4000), shot => Assert.All(shot.Slots, slot => Assert.All(slot.Events.Where(happening => happening.Verb == Verb.JumpOver), happening =>
        {
            var other = slot.Before[happening.Object];
            var (subject, end) = (slot.Before[happening.Subject], slot.After[happening.Subject]);
            Assert.True((subject.X < other.X) != (end.X < other.X));
            var nearest = Enumerable.Range(slot.Start, slot.End - slot.Start).Select(frame => At(shot, frame)[happening.Subject]).MinBy(toy => Math.Abs(toy.X - other.X));
            Assert.True(nearest.Altitude > other.Side / 2);
        })));

    [Fact]
    public void A_bump_moves_the_other_after_they_touch()
    {
        var (happening, slot) = Worlds.Events(3, 4000).First(pair => pair.Event.Verb == Verb.Bump);
        var sign = happening.Direction == Direction.Left ? -1 : 1;
        Assert.Equal(sign * 12, slot.After[happening.Object].X - slot.Before[happening.Object].X, 9);
        Assert.Equal(sign * (happening.Distance - 5), slot.After[happening.Subject].X - slot.Before[happening.Subject].X, 9);
        Assert.Equal(0, slot.After[happening.Object].Angle, 3);
    }

    [Fact]
    public void A_ball_rolls_as_far_as_it_goes()
    {
        var (happening, slot) = Worlds.Events(3, 4000).First(pair => pair.Event is { Verb: Verb.Move, Direction: Direction.Right } && pair.Slot.Before[pair.Event.Subject].Kind == ToyKind.Ball);
        Assert.Equal((slot.Before[happening.Subject].Angle + (3 * happening.Distance)) % 360, slot.After[happening.Subject].Angle, 9);
    }

    [Fact]
    public void A_colour_changes_in_the_middle_and_stays()
    {
        var shot = Worlds.Shots(1, 200).First(one => one.Slots[0].Events[0].Verb == Verb.Recolour);
        var slot = shot.Slots[0];
        var shares = Enumerable.Range(slot.Start, slot.End - slot.Start).Select(frame => At(shot, frame)[0].ColourShare).ToList();
        Assert.Equal(shares.Order(), shares);
        Assert.True(shares[0] == 0 && shares[^1] == 1);
        Assert.Equal((slot.Events[0].NewColour!.Value, 0.0), (slot.After[0].Colour, slot.After[0].ColourShare));
    }

    [Fact]
    public void The_camera_stands_before_and_after_its_movement()
    {
        var pan = Worlds.Shots(3, 4000).First(shot => Camera(shot) is { Direction: Direction.Left });
        Assert.Equal(View.Still, ShotMotion.ViewAt(pan, 0));
        Assert.Equal(new View(-24, 1), ShotMotion.ViewAt(pan, pan.Frames - 1));
        var zoom = Worlds.Shots(3, 4000).First(shot => Camera(shot) is { Direction: Direction.Out });
        Assert.Equal(new View(0, 1.3), ShotMotion.ViewAt(zoom, 0));
        Assert.Equal(View.Still, ShotMotion.ViewAt(zoom, zoom.Frames - 1));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var shot = Worlds.With(one => one.Slots.Count > 1).Shots[0];
        Span<ToyState> toys = new ToyState[shot.Toys.Count];
        ShotMotion.At(shot, 0, toys);
        _ = ShotMotion.ViewAt(shot, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var frame = 0; frame < shot.Frames; frame++)
        {
            ShotMotion.At(shot, frame, toys);
            _ = ShotMotion.ViewAt(shot, frame);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Frames_beyond_the_shot_are_refused()
    {
        var shot = Worlds.Shots(1, 1).First();
        Assert.Contains($"0 to {shot.Frames - 1}", Assert.Throws<ArgumentOutOfRangeException>(() => At(shot, shot.Frames)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ShotMotion.ViewAt(shot, -1));
        Assert.Throws<ArgumentException>(() => ShotMotion.At(shot, 0, new ToyState[2]));
    }

    private static ToyEvent? Camera(Shot shot) => shot.Slots.SelectMany(slot => slot.Events).FirstOrDefault(happening => happening.Subject < 0);

    private static ToyState[] At(Shot shot, int frame)
    {
        var toys = new ToyState[shot.Toys.Count];
        ShotMotion.At(shot, frame, toys);
        return toys;
    }
}
