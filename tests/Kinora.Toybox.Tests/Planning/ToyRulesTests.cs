using Kinora.Toybox.World;

namespace Kinora.Toybox.Tests.Planning;

/// <summary>Toys stand where they can be seen and told apart.</summary>
public sealed class ToyRulesTests
{
    private const int Many = 3000;

    [Fact]
    public void Toys_begin_apart_and_within_the_picture()
        => Assert.All(Worlds.Shots(3, Many), shot =>
        {
            Assert.All(shot.Toys, toy => Assert.InRange(toy.X, 18, 110));
            Assert.All(Pairs(shot.Toys), pair => Assert.True(Math.Abs(pair.One.X - pair.Other.X) >= 32));
        });

    [Fact]
    public void Ground_toys_stand_on_a_line_and_flyers_are_in_the_air()
    {
        Assert.All(Worlds.Shots(3, Many).SelectMany(shot => shot.Toys), toy =>
        {
            if (toy.Kind.IsFlyer())
            {
                Assert.True(Math.Round(toy.Y, 9) is 36 or 40 or 66 or 70);
            }
            else
            {
                Assert.True(toy.BaseLine is 96 or 106 or 116);
                Assert.Equal(0, toy.Altitude);
            }
        });
    }

    [Fact]
    public void A_name_is_one_toys_at_any_time()
        => Assert.All(Worlds.Shots(3, Many), shot =>
        {
            var names = shot.Slots.SelectMany(slot => slot.Before.Concat(slot.After).Select((toy, index) => (Number: index % shot.Toys.Count, toy.Name))).Distinct();
            Assert.All(names.GroupBy(pair => pair.Name), same => Assert.Single(same));
        });

    [Fact]
    public void Toys_stay_in_the_picture()
        => Assert.All(Worlds.Slots(3, Many).SelectMany(slot => slot.After), toy =>
        {
            Assert.InRange(toy.X, 12, 116);
            Assert.InRange(toy.Y, 24, 106);
        });

    [Fact]
    public void At_most_one_toy_is_absent_and_it_appears()
        => Assert.All(Worlds.Shots(3, Many), shot =>
        {
            var appears = shot.Slots.SelectMany(slot => slot.Events).Where(happening => happening.Verb == Verb.Appear).Select(happening => happening.Subject);
            Assert.Equal(Enumerable.Range(0, shot.Toys.Count).Where(toy => shot.Toys[toy].Alpha == 0), appears);
            Assert.True(appears.Count() <= 1 && shot.Toys.Count > appears.Count());
        });

    [Fact]
    public void The_robot_and_the_tree_know_their_limits()
    {
        Assert.DoesNotContain(Worlds.Slots(3, Many).SelectMany(slot => slot.After), toy => toy.Kind == ToyKind.Robot && toy.IsMirrored);
        Assert.All(Worlds.Slots(3, Many), slot => Assert.All(
            Enumerable.Range(0, slot.Before.Count).Where(toy => slot.Before[toy].Kind == ToyKind.Tree && !slot.Events.Any(happening => happening.Object == toy)),
            toy => Assert.Equal(slot.Before[toy].X, slot.After[toy].X)));
    }

    private static IEnumerable<(ToyState One, ToyState Other)> Pairs(IReadOnlyList<ToyState> toys)
        => from one in Enumerable.Range(0, toys.Count) from other in Enumerable.Range(0, one) select (toys[one], toys[other]);
}
