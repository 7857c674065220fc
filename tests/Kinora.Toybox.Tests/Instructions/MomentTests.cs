using Kinora.Toybox.Instructions;
using Kinora.Toybox.Judging;
using Kinora.Toybox.Language;
using Kinora.Toybox.Planning;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Tests.Instructions;

public class MomentTests
{
    [Fact]
    public void Nothing_is_half_changed_and_differences_can_be_read_back()
    {
        var verbs = new HashSet<Verb>();
        for (var seed = 0; seed < 3000; seed++)
        {
            foreach (var moments in Moment.Of(ClipPlanner.Plan(seed, 3)))
            {
                Assert.All(moments.SelectMany(moment => moment.Toys), toy =>
                {
                    Assert.True(toy.Alpha is 0 or 1);
                    Assert.True(toy.Side is 28 or 44);
                    Assert.True(toy.Altitude == 0 || toy.Kind is ToyKind.Bird or ToyKind.Balloon);
                });
                for (var later = 1; later < moments.Count; later++)
                {
                    var (before, after) = (moments[later - 1].Toys, moments[later].Toys);
                    var facts = DifferenceWriter.Facts(before, after);
                    Assert.Equal(facts, EventParser.Parse(DifferenceWriter.Describe(before, after, new(0.5, (ulong)seed))));
                    verbs.UnionWith(facts.Select(fact => fact.Verb));
                }

                Assert.All(moments, moment => Assert.Empty(DifferenceWriter.Facts(moment.Toys, moment.Toys)));
            }
        }

        Assert.Superset(new HashSet<Verb> { Verb.Move, Verb.Grow, Verb.Shrink, Verb.Recolour, Verb.Appear, Verb.Disappear }, verbs);
    }

    [Fact]
    public void Listed_frames_cover_the_events()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var plan = ClipPlanner.Plan(seed, 3);
            int[] frames = [.. Enumerable.Range(0, 8).Select(i => (int)Math.Round(i * (plan.Frames - 1) / 7.0, MidpointRounding.ToEven))];
            var lines = DescriptionWriter.TimedList(plan, frames, Wording.Plain()).Split('\n');
            var facts = ClipFacts.Of(plan);
            Assert.Equal(facts.Count, lines.Length);
            for (var i = 0; i < lines.Length; i++)
            {
                var span = lines[i][..lines[i].IndexOf(':', StringComparison.Ordinal)].Replace("Frames ", "", StringComparison.Ordinal).Replace("Frame ", "", StringComparison.Ordinal).Split('-').Select(int.Parse).ToArray();
                Assert.All(span, frame => Assert.InRange(frames[frame - 1], facts[i].Start, facts[i].End - 1));
            }
        }
    }
}
