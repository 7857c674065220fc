using Kinora.Toybox.World;

namespace Kinora.Toybox.Tests.Planning;

/// <summary>Nothing happens that can't.</summary>
public sealed class EventRulesTests
{
    private const int Many = 4000;

    [Fact]
    public void Toys_do_what_their_kind_can()
        => Assert.All(Worlds.Events(3, Many).Where(pair => pair.Event.Subject >= 0), pair =>
        {
            var toy = pair.Slot.Before[pair.Event.Subject];
            Assert.True(pair.Event.Verb switch
            {
                Verb.Move => toy.Kind.CanMove() && (toy.Kind.IsFlyer() || pair.Event.Direction is Direction.Left or Direction.Right),
                Verb.Jump or Verb.JumpOver => toy.Kind.CanJump(),
                Verb.Spin => toy.Kind.CanSpin(),
                Verb.Grow => toy.Size == ToySize.Small,
                Verb.Shrink => toy.Size == ToySize.Big,
                Verb.Bump or Verb.Chase => toy.Kind.IsGroundMover(),
                Verb.Hide => toy.Kind.IsGroundMover() && toy.Size == ToySize.Small,
                Verb.Recolour => pair.Event.NewColour != toy.Colour,
                _ => true,
            });
        });

    [Fact]
    public void Only_toys_that_are_there_do_something()
        => Assert.All(Worlds.Events(3, Many).Where(pair => pair.Event.Subject >= 0), pair =>
        {
            Assert.Equal(pair.Event.Verb == Verb.Appear, pair.Slot.Before[pair.Event.Subject].Alpha == 0);
            Assert.False(pair.Slot.Before[pair.Event.Subject].IsHidden);
            Assert.True(pair.Event.Object < 0 || pair.Slot.Before[pair.Event.Object].IsVisible);
        });

    [Fact]
    public void Events_at_the_same_time_are_of_different_toys_and_never_the_cameras()
        => Assert.All(Worlds.Slots(3, Many).Where(slot => slot.Events.Count > 1), slot =>
        {
            var toys = slot.Events.SelectMany(happening => new[] { happening.Subject, happening.Object }.Where(toy => toy >= 0)).ToList();
            Assert.Equal(2, slot.Events.Count);
            Assert.Equal(toys.Count, toys.Distinct().Count());
            Assert.DoesNotContain(slot.Events, happening => happening.Subject < 0);
            Assert.True(slot.Events[1].Verb is Verb.Move or Verb.Jump or Verb.Spin or Verb.Grow or Verb.Shrink or Verb.Recolour or Verb.Disappear);
        });

    [Fact]
    public void Encounters_are_on_the_ground_and_have_room()
        => Assert.All(Worlds.Events(3, Many).Where(pair => pair.Event.Object >= 0), pair =>
        {
            var (subject, other) = (pair.Slot.Before[pair.Event.Subject], pair.Slot.Before[pair.Event.Object]);
            var gap = Math.Abs(subject.X - other.X);
            Assert.False(other.Kind.IsFlyer());
            Assert.Equal(other.X > subject.X ? Direction.Right : Direction.Left, pair.Event.Direction);
            switch (pair.Event.Verb)
            {
                case Verb.Bump:
                    Assert.Equal(subject.BaseLine, other.BaseLine);
                    Assert.True(pair.Event.Distance >= 22);
                    break;
                case Verb.Hide:
                    Assert.True(other.Size == ToySize.Big && gap > 30);
                    break;
                case Verb.Chase:
                    Assert.True(other.Kind.IsGroundMover() && gap <= 62);
                    Assert.InRange(pair.Event.Distance, 36, 60);
                    break;
                default:
                    Assert.Equal(Verb.JumpOver, pair.Event.Verb);
                    Assert.True(pair.Event.Distance > gap);
                    break;
            }
        });

    [Fact]
    public void Moves_keep_clear_of_other_toys_on_their_line()
        => Assert.All(Worlds.Events(3, Many).Where(pair => pair.Event is { Verb: Verb.Move, Direction: Direction.Left or Direction.Right }), pair =>
        {
            var (toy, end) = (pair.Slot.Before[pair.Event.Subject], pair.Slot.After[pair.Event.Subject].X);
            Assert.InRange(Math.Abs(end - toy.X), 38, 64);
            Assert.DoesNotContain(
                Enumerable.Range(0, pair.Slot.Before.Count).Where(other => other != pair.Event.Subject).Select(other => pair.Slot.Before[other]),
                other => !other.IsHidden && other.Kind.IsFlyer() == toy.Kind.IsFlyer() && other.BaseLine == toy.BaseLine
                    && other.X > Math.Min(toy.X, end) - (end < toy.X ? 36 : 0) && other.X < Math.Max(toy.X, end) + (end > toy.X ? 36 : 0));
        });

    [Fact]
    public void The_camera_moves_once_at_most_and_comes_near_only_where_all_stay_in_view()
    {
        Assert.All(Worlds.Shots(3, Many), shot => Assert.InRange(shot.Slots.Sum(slot => slot.Events.Count(happening => happening.Subject < 0)), 0, 1));
        Assert.All(Worlds.Events(3, Many).Where(pair => pair.Event.Verb == Verb.Zoom), pair => Assert.All(pair.Slot.Before, toy => Assert.InRange(toy.X, 28, 100)));
    }

    [Fact]
    public void An_only_toy_does_not_leave_at_once()
        => Assert.All(Worlds.Shots(3, Many), shot => Assert.False(
            shot.Slots[0].Events is [{ Verb: Verb.Disappear }] && shot.Toys.Count(toy => toy.IsVisible) == 1 && shot.Toys.Count == 1));
}
