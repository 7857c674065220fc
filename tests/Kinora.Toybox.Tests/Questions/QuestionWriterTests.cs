using Kinora.Toybox.Judging;
using Kinora.Toybox.Language;
using Kinora.Toybox.Motion;
using Kinora.Toybox.Planning;
using Kinora.Toybox.Questions;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Tests.Questions;

public class QuestionWriterTests
{
    [Fact]
    public void Letters_name_the_true_option_and_all_others_are_false()
    {
        var letters = new int[4];
        for (var seed = 0; seed < 4000; seed++)
        {
            var plan = ClipPlanner.Plan(seed, 3);
            if (new QuestionWriter(plan, (ulong)seed).Ask(QuestionType.Choice) is not { } question)
            {
                continue;
            }

            Assert.Equal(4, question.Options.Distinct().Count());
            letters[question.Answer[0] - 'A']++;
            var toy = question.Text["What does ".Length..question.Text.IndexOf(" do?", StringComparison.Ordinal)];
            var facts = ClipFacts.Of(plan).Select(fact => fact.Fact).Where(fact => fact.Subject is { } subject && Words.The(subject) == toy).ToList();
            var told = facts.Select(fact => Words.Capital(VerbPhrases.Infinitive(fact)) + ".").ToList();
            for (var option = 0; option < 4; option++)
            {
                Assert.Equal(option == question.Answer[0] - 'A', told.Contains(question.Options[option]));
            }
        }

        Assert.All(letters, count => Assert.InRange(count, letters.Sum() * 0.2, letters.Sum() * 0.3));
    }

    [Fact]
    public void Order_follows_the_clip()
    {
        var (first, last) = (0, 0);
        for (var seed = 0; seed < 4000; seed++)
        {
            var plan = ClipPlanner.Plan(seed, 3);
            if (new QuestionWriter(plan, (ulong)seed).Ask(QuestionType.Order) is not { } question)
            {
                continue;
            }

            var facts = ClipFacts.Of(plan);
            var times = question.Options.Select(option => facts.Single(fact => fact.Fact == EventParser.Parse(option)[0]).Start).ToList();
            var asksFirst = question.Text.StartsWith("What happens first?", StringComparison.Ordinal);
            (first, last) = asksFirst ? (first + 1, last) : (first, last + 1);
            Assert.Equal(asksFirst == (times[0] < times[1]) ? "A" : "B", question.Answer);
        }

        Assert.True(first > 500 && last > 500);
    }

    [Fact]
    public void Yes_is_true_and_no_is_false()
    {
        var (yes, no) = (0, 0);
        for (var seed = 0; seed < 5000; seed++)
        {
            var plan = ClipPlanner.Plan(seed, 3);
            if (new QuestionWriter(plan, (ulong)seed).Ask(QuestionType.YesNo) is not { } question)
            {
                continue;
            }

            var truths = ClipFacts.Of(plan).Where(fact => fact.Fact.Subject is not null).Select(fact => $"Does {Words.The(fact.Fact.Subject!.Value)} {VerbPhrases.Infinitive(fact.Fact)}?");
            Assert.Equal(truths.Contains(question.Text) ? "Yes" : "No", question.Answer);
            (yes, no) = question.Answer == "Yes" ? (yes + 1, no) : (yes, no + 1);
        }

        Assert.InRange((double)yes / (yes + no), 0.4, 0.6);
    }

    /// <summary>Answers are worked out a second time, from the frames alone.</summary>
    [Fact]
    public void What_is_seen_answers_the_question()
    {
        var asked = new Dictionary<QuestionType, int>();
        for (var seed = 0; seed < 4000; seed++)
        {
            var plan = ClipPlanner.Plan(seed, 3);
            var (start, end) = (Frame(plan, 0), Frame(plan, plan.Frames - 1));
            var all = Enumerable.Range(0, plan.Frames).Select(frame => Frame(plan, frame)).ToList();
            foreach (var question in new QuestionWriter(plan, (ulong)seed).Ask(10))
            {
                var (text, answer) = (question.Text, question.Answer.TrimEnd('.').ToLowerInvariant());
                var frames = text.Contains("at the start", StringComparison.Ordinal) ? [start] : text.Contains("at the end", StringComparison.Ordinal) ? [end] : all;
                var expected = question.Type switch
                {
                    QuestionType.Count => new[] { "none", "one", "two", "three" }[start.Toys.Count],
                    QuestionType.Where => Words.At(text.Contains("second", StringComparison.Ordinal) ? end.Scene : start.Scene),
                    QuestionType.Cut => all.Any(frame => frame.Scene != start.Scene) ? "yes" : "no",
                    QuestionType.Colour => Assert.Single(frames.SelectMany(frame => frame.Toys).Where(toy => text.Contains($" {Words.Of(toy.Kind)} ", StringComparison.Ordinal) || text.EndsWith($" {Words.Of(toy.Kind)}?", StringComparison.Ordinal)).Select(toy => Words.Of(toy.Colour)).Distinct()),
                    QuestionType.Size => Assert.Single(frames.SelectMany(frame => frame.Toys).Where(toy => text.Contains(Words.The(toy.Name) + " ", StringComparison.Ordinal) && toy.Side is 28 or 44).Select(toy => Words.Of(toy.Size)).Distinct()),
                    QuestionType.Position => Assert.Single(start.Toys, toy => text.Contains(Words.The(toy.Name) + " ", StringComparison.Ordinal)) is var toy && start.View.Project(toy.X, toy.Y).X is var x && x < 40 ? "on the left" : x > 88 ? "on the right" : "in the middle",
                    QuestionType.Direction => Ways(all, text),
                    _ => answer,
                };
                Assert.True(expected == answer, $"seed {seed}: {text} {answer}, seen {expected}");
                asked[question.Type] = asked.GetValueOrDefault(question.Type) + 1;
            }
        }

        Assert.All(Enum.GetValues<QuestionType>(), type => Assert.True(asked[type] > 300, $"{type}: {asked[type]}"));
    }

    private static string Ways(List<(Scene Scene, View View, List<ToyState> Toys)> frames, string text)
    {
        // Another shot may have a toy of that name, which stays where it is.
        var (across, up) = frames.GroupBy(frame => frame.Scene).Select(shot => Way([.. shot.SelectMany(frame => frame.Toys)], text)).MaxBy(way => Math.Abs(way.Across) + Math.Abs(way.Up));
        return Math.Abs(across) > Math.Abs(up) ? across < 0 ? "left" : "right" : up < 0 ? "down" : "up";
    }

    private static (double Across, double Up) Way(List<ToyState> toys, string text)
    {
        var seen = toys.Where(toy => text.Contains(Words.The(toy.Name) + " ", StringComparison.Ordinal)).ToList();
        return seen.Count == 0 ? (0, 0) : (seen[^1].X - seen[0].X, seen[^1].Altitude - seen[0].Altitude);
    }

    private static (Scene Scene, View View, List<ToyState> Toys) Frame(ClipPlan plan, int frame)
    {
        var (shot, first) = frame < plan.Shots[0].Frames ? (plan.Shots[0], 0) : (plan.Shots[1], plan.Shots[0].Frames);
        var toys = new ToyState[shot.Toys.Count];
        ShotMotion.At(shot, frame - first, toys);
        return (shot.Scene, ShotMotion.ViewAt(shot, frame - first), [.. toys.Where(toy => toy.IsVisible && (toy.Colour == toy.NextColour || toy.ColourShare == 0))]);
    }

    [Fact]
    public void Every_type_is_asked_and_the_same_seed_asks_the_same()
    {
        var asked = new HashSet<QuestionType>();
        for (var seed = 0; seed < 100; seed++)
        {
            var plan = ClipPlanner.Plan(seed, 3);
            var questions = new QuestionWriter(plan, 7).Ask(10);
            Assert.Equal(questions.Select(question => (question.Text, question.Answer)), new QuestionWriter(plan, 7).Ask(10).Select(question => (question.Text, question.Answer)));
            Assert.Equal(questions.Count, questions.Select(question => question.Type).Distinct().Count());
            Assert.All(questions, question => Assert.True(question.IsAnsweredBy($" {question.Answer.ToUpperInvariant()} ")));
            asked.UnionWith(questions.Select(question => question.Type));
        }

        Assert.Equal(Enum.GetValues<QuestionType>().Length, asked.Count);
    }

    [Theory]
    [InlineData("Left.", "left", true)]
    [InlineData("Left.", "Left..", true)]
    [InlineData("B", "b.", true)]
    [InlineData("B", "B. Jump.", false)]
    [InlineData("Yes", "", false)]
    public void Answers_are_compared_without_case_and_full_stop(string right, string given, bool expected)
        => Assert.Equal(expected, new Question(QuestionType.Cut, "?", right).IsAnsweredBy(given));
}
