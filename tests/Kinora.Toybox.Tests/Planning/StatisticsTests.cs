using Kinora.Toybox.World;

namespace Kinora.Toybox.Tests.Planning;

/// <summary>How often things happen in the whole world; bounds are some five standard deviations wide.</summary>
public sealed class StatisticsTests
{
    private const int Clips = 6000;

    private static readonly List<ClipPlan> plans = [.. Worlds.Clips(3, Clips)];

    /// <summary>Verbs with their numbers in 240 clips.</summary>
    public static TheoryData<Verb, double> Frequencies => new()
    {
        { Verb.Move, 92 }, { Verb.Recolour, 71 }, { Verb.Spin, 48 }, { Verb.Jump, 41 }, { Verb.Grow, 41 }, { Verb.Shrink, 44 }, { Verb.Disappear, 35 }, { Verb.Appear, 27 },
        { Verb.Hide, 19 }, { Verb.JumpOver, 19 }, { Verb.Pan, 18 }, { Verb.Chase, 14 }, { Verb.Bump, 9.5 }, { Verb.Zoom, 5.2 },
    };

    [Theory]
    [MemberData(nameof(Frequencies))]
    public void Verbs_come_as_often_as_they_should(Verb verb, double inTwoHundredForty)
    {
        var expected = inTwoHundredForty * Clips / 240;
        var count = plans.Sum(plan => plan.Shots.Sum(shot => shot.Slots.Sum(slot => slot.Events.Count(happening => happening.Verb == verb))));
        Assert.InRange(count, expected - (6 * Math.Sqrt(expected)), expected + (6 * Math.Sqrt(expected)));
    }

    [Fact]
    public void A_fifth_has_two_shots() => Assert.InRange(plans.Average(plan => plan.Shots.Count - 1), 0.17, 0.22);

    [Fact]
    public void Some_slots_have_two_events()
        => Assert.InRange(plans.SelectMany(plan => plan.Shots).SelectMany(shot => shot.Slots).Average(slot => slot.Events.Count - 1), 0.12, 0.16);

    [Fact]
    public void All_kinds_colours_and_scenes_are_equally_frequent()
    {
        var toys = plans.SelectMany(plan => plan.Shots).SelectMany(shot => shot.Toys).ToList();
        AreEven(toys.GroupBy(toy => toy.Kind).Select(group => group.Count()), toys.Count, Enum.GetValues<ToyKind>().Length);
        AreEven(toys.GroupBy(toy => toy.Colour).Select(group => group.Count()), toys.Count, Enum.GetValues<ToyColour>().Length);
        AreEven(toys.GroupBy(toy => toy.Size).Select(group => group.Count()), toys.Count, Enum.GetValues<ToySize>().Length);
        var shots = plans.SelectMany(plan => plan.Shots).ToList();
        AreEven(shots.GroupBy(shot => shot.Scene).Select(group => group.Count()), shots.Count, Enum.GetValues<Scene>().Length);
    }

    private static void AreEven(IEnumerable<int> counts, int total, int values)
    {
        // Shots without a possible event are drawn anew, which moves frequencies a little.
        Assert.Equal(values, counts.Count());
        Assert.All(counts, count => Assert.InRange(count, 0.85 * total / values, 1.15 * total / values));
    }
}
