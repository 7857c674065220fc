using Kinora.Tensors;
using Kinora.Toybox.Judging;
using Kinora.Toybox.Language;
using Kinora.Toybox.Planning;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Tests.Judging;

public class EventParserTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void Every_paraphrase_of_the_truth_scores_one(double variety)
    {
        // 3 x 7,000 clips in five forms: 105,000 texts.
        for (var seed = 0; seed < 7000; seed++)
        {
            var plan = ClipPlanner.Plan(seed, 1 + (seed % 3));
            var truth = Facts(plan);
            var wording = new Wording(variety, (ulong)seed);
            string[] texts =
            [
                DescriptionWriter.Description(plan, wording),
                DescriptionWriter.Events(plan, wording),
                DescriptionWriter.OneSentence(plan, wording),
                DescriptionWriter.List(plan, wording),
                DescriptionWriter.TimedList(plan, [0, 4, 8, 12], wording),
            ];
            foreach (var text in texts)
            {
                Assert.True(truth.SequenceEqual(EventParser.Parse(text)), text);
                Assert.Equal(1, ClipScore.Of(truth, text).F1);
            }

            Assert.Equal(truth.Take(1), EventParser.Parse(DescriptionWriter.Caption(plan, wording)));
        }
    }

    [Fact]
    public void Every_single_fact_that_is_changed_is_caught()
    {
        var caught = new SortedDictionary<string, int>();
        for (var seed = 0; seed < 3000; seed++)
        {
            var truth = Facts(ClipPlanner.Plan(seed, 3));
            var random = new CounterRandom((ulong)seed);
            for (var place = 0; place < truth.Count; place++)
            {
                foreach (var (kind, changed) in Corruptions(truth, place, ref random))
                {
                    var text = string.Join(' ', changed.Select(fact => $"{Words.Capital(Sentences.Clause(fact, new(0.5, random.Next())))}."));
                    Assert.True(ClipScore.Of(truth, text).F1 < 1, $"{kind}: {text}");
                    caught[kind] = caught.GetValueOrDefault(kind) + 1;
                }
            }
        }

        Assert.Equal(["colour", "direction", "invented", "kind", "missing", "new colour", "object", "twice", "who does it to whom"], caught.Keys);
        Assert.All(caught.Values, count => Assert.True(count > 300));
    }

    [Theory]
    [InlineData("The red ball rolls to the left and then it jumps.", "Move red Ball Left", "Jump red Ball")]
    [InlineData("A large green cat is here. It slowly vanishes!", "Disappear green Cat")]
    [InlineData("The blue car turns white, then drives right.", "Recolour blue Car White", "Move white Car Right")]
    [InlineData("The camera pans to the left, and the camera zooms out.", "Pan camera Left", "Zoom camera Out")]
    [InlineData("While the pink star spins, the red boat chases the pink star to the right.", "Spin pink Star", "Chase red Boat Right pink Star")]
    [InlineData("The white robot leaps over a small yellow cube.", "JumpOver white Robot yellow Cube")]
    [InlineData("The red ball has moved to the right. A blue cat has appeared. The green tree is gone.", "Move red Ball Right", "Appear blue Cat", "Disappear green Tree")]
    [InlineData("The red ball rolls past the blue cat and jumps.", "Jump red Ball")]
    [InlineData("The small red ball grows smaller.", "Shrink red Ball")]
    [InlineData("The red ball is near the cube; it jumps over it.", "JumpOver red Ball")]
    [InlineData("The red ball jumps behind the blue cube.", "Hide red Ball blue Cube")]
    [InlineData("Nothing happens in the red balloon's meadow; the scene changes to a beach.")]
    [InlineData("")]
    [InlineData("jumps jumps and then , ; jumps to the left the the a red")]
    [InlineData("The red ball moves to the")]
    public void Reads_what_people_write(string text, params string[] events)
        => Assert.Equal(events, EventParser.Parse(text).Select(Show));

    [Fact]
    public void An_event_that_is_told_twice_counts_once()
    {
        EventFact jump = new(Verb.Jump, new(ToyKind.Ball, ToyColour.Red));
        var score = ClipScore.Of([jump], "The red ball jumps. The red ball jumps.");
        Assert.Equal((1.0, 0.5), (score.Recall, score.Precision));
        Assert.Equal((0.5, 1.0), (ClipScore.Of([jump, jump], "The red ball jumps.").Recall, ClipScore.Of([jump, jump], "The red ball jumps.").Precision));
        Assert.Equal((0.0, 0.0, 0.0), (ClipScore.Of([jump], "Who knows?").Recall, ClipScore.Of([jump], "Who knows?").Precision, ClipScore.Of([jump], "Who knows?").F1));
    }

    private static List<EventFact> Facts(ClipPlan plan) => [.. ClipFacts.Of(plan).Select(fact => fact.Fact)];

    private static string Show(EventFact fact)
        => string.Join(' ', new object?[] { fact.Verb, Name(fact.Subject) ?? "camera", fact.Direction, fact.NewColour, Name(fact.Object) }.Where(part => part is not null));

    private static string? Name(ToyName? toy) => toy is { } name ? $"{Words.Of(name.Colour)} {name.Kind}" : null;

    private static List<(string Kind, List<EventFact> Facts)> Corruptions(List<EventFact> truth, int place, ref CounterRandom random)
    {
        var (fact, changed) = (truth[place], new List<(string, List<EventFact>)>());
        if (fact.Subject is { } who)
        {
            Put("colour", fact with { Subject = who with { Colour = (ToyColour)(((int)who.Colour + 1 + random.Below(7)) % 8) } });
            Put("kind", fact with { Subject = who with { Kind = (ToyKind)(((int)who.Kind + 1 + random.Below(9)) % 10) } });
        }

        if (fact.Direction is Direction.Left or Direction.Right)
        {
            Put("direction", fact with { Direction = fact.Direction == Direction.Left ? Direction.Right : Direction.Left });
        }

        if (fact.NewColour is { } next)
        {
            Put("new colour", fact with { NewColour = (ToyColour)(((int)next + 1 + random.Below(7)) % 8) });
        }

        if (fact.Object is { } whom)
        {
            Put("object", fact with { Object = whom with { Colour = (ToyColour)(((int)whom.Colour + 1 + random.Below(7)) % 8) } });
            Put("who does it to whom", fact with { Subject = fact.Object, Object = fact.Subject });
        }

        changed.Add(("missing", [.. truth.Where((_, i) => i != place)]));
        changed.Add(("twice", [.. truth, fact]));
        changed.Add(("invented", [.. truth, new(Verb.Jump, new((ToyKind)random.Below(10), (ToyColour)random.Below(8)))]));
        return changed;

        void Put(string kind, EventFact other) => changed.Add((kind, [.. truth.Select((known, i) => i == place ? other : known)]));
    }
}
