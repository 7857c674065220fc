using Kinora.Toybox.Judging;
using Kinora.Toybox.Language;
using Kinora.Toybox.Planning;
using Kinora.Toybox.Questions;

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
