using Kinora.Toybox.Planning;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Tests.Planning;

/// <summary>What clips are made of.</summary>
public sealed class ClipPlannerTests
{
    private const int Many = 3000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Lengths_are_within_bounds(int level)
    {
        Assert.All(Worlds.Clips(level, Many), plan =>
        {
            Assert.InRange(plan.Frames, 24, 66);
            Assert.InRange(plan.Events, 1, 4);
            Assert.All(plan.Shots, shot =>
            {
                var end = 0;
                Assert.All(shot.Slots, slot =>
                {
                    Assert.InRange(slot.Start - end, end == 0 ? 3 : 2, 5);
                    Assert.InRange(slot.End - slot.Start, 14, 20);
                    end = slot.End;
                });
                Assert.InRange(shot.Frames - end, 3, Math.Max(5, 24 - end));
            });
        });
    }

    [Fact]
    public void Each_event_falls_on_one_of_eight_frames_at_least()
        => Assert.All(Worlds.Clips(3, Many), plan =>
        {
            var first = 0;
            foreach (var shot in plan.Shots)
            {
                Assert.All(shot.Slots, slot => Assert.Contains(
                    Enumerable.Range(0, 8).Select(number => (int)Math.Round(number * (plan.Frames - 1) / 7.0) - first), frame => frame >= slot.Start && frame < slot.End));
                first += shot.Frames;
            }
        });

    [Fact]
    public void The_first_level_is_one_toy_with_one_event()
        => Assert.All(Worlds.Clips(1, Many), plan =>
        {
            var shot = Assert.Single(plan.Shots);
            Assert.Single(shot.Toys);
            Assert.True(Assert.Single(Assert.Single(shot.Slots).Events).Subject == 0);
        });

    [Fact]
    public void The_second_level_has_no_camera_and_no_cut()
    {
        Assert.All(Worlds.Clips(2, Many), plan =>
        {
            var shot = Assert.Single(plan.Shots);
            Assert.InRange(shot.Toys.Count, 1, 2);
            Assert.InRange(shot.Slots.Count, 1, 2);
            Assert.DoesNotContain(shot.Slots.SelectMany(slot => slot.Events), happening => happening.Subject < 0);
        });
    }

    [Fact]
    public void Two_shots_have_different_scenes_and_a_slot_each()
        => Assert.All(Worlds.Clips(3, Many).Where(plan => plan.Shots.Count > 1), plan =>
        {
            Assert.Equal(2, plan.Shots.Select(shot => shot.Scene).Distinct().Count());
            Assert.All(plan.Shots, shot => Assert.Single(shot.Slots));
        });

    [Fact]
    public void Seeds_and_levels_have_nothing_in_common()
    {
        var first = Enumerable.Range(0, 200).Select(seed => ClipPlanner.Plan(seed, 3).Shots[0].Toys[0].X).Distinct().Count();
        Assert.Equal(200, first);
        Assert.NotEqual(ClipPlanner.Plan(7, 1).Shots[0].Toys[0].X, ClipPlanner.Plan(7, 2).Shots[0].Toys[0].X);
    }

    [Fact]
    public void The_largest_seed_has_a_clip() => Assert.Equal(long.MaxValue, ClipPlanner.Plan(long.MaxValue, 3).Seed);

    [Theory]
    [InlineData(-1, 3, "seed -1")]
    [InlineData(0, 0, "no level 0")]
    [InlineData(0, 4, "no level 4")]
    public void What_can_not_be_planned_is_told(long seed, int level, string words)
        => Assert.Contains(words, Assert.Throws<ArgumentOutOfRangeException>(() => ClipPlanner.Plan(seed, level)).Message, StringComparison.Ordinal);

    [Fact]
    public void Frames_are_found_in_their_shots()
    {
        var plan = Worlds.Clips(3, 200).First(clip => clip.Shots.Count == 2);
        var first = plan.Shots[0].Frames;
        Assert.Equal((plan.Shots[0], first - 1), plan.At(first - 1));
        Assert.Equal((plan.Shots[1], 0), plan.At(first));
        Assert.Equal((plan.Shots[1], plan.Shots[1].Frames - 1), plan.At(plan.Frames - 1));
        Assert.Contains($"0 to {plan.Frames - 1}", Assert.Throws<ArgumentOutOfRangeException>(() => plan.At(plan.Frames)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.At(-1));
    }
}
