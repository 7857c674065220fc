using Kinora.Evaluation.Worlds;
using Kinora.Toybox.Language;
using Kinora.Toybox.Planning;
using Kinora.Toybox.Questions;
using Kinora.Toybox.World;

namespace Kinora.Evaluation.Tests.Worlds;

public class WorldScoreTests
{
    [Fact]
    public void The_truth_scores_one_and_silence_scores_zero()
    {
        var plans = Enumerable.Range(0, 50).Select(seed => ClipPlanner.Plan(seed, 3)).ToList();
        var perfect = WorldScore.Of([.. plans.Select(plan => new ClipResult(plan, DescriptionWriter.Description(plan, new(1, 5)), Answers(plan, question => question.Answer)))]);
        Assert.Equal((1.0, 1.0, 1.0, 1.0), (perfect.Recall, perfect.Precision, perfect.F1, perfect.Questions.Value));
        Assert.Equal(new Interval(1, 1), perfect.F1Interval);
        Assert.All(perfect.ByVerb.Values.Where(verb => verb.Happened > 0), verb => Assert.Equal((1.0, 1.0), (verb.Recall, verb.Precision)));
        var silent = WorldScore.Of([.. plans.Select(plan => new ClipResult(plan, "", Answers(plan, _ => "")))]);
        Assert.Equal((0.0, 0.0, 0.0, 0), (silent.Recall, silent.Precision, silent.F1, silent.Questions.Right));
    }

    [Fact]
    public void Means_are_over_clips_and_F1_is_of_the_means()
    {
        // One clip is told half, the other with one event too many.
        var two = Enumerable.Range(0, 1000).Select(seed => ClipPlanner.Plan(seed, 3)).First(plan => plan.Events == 2 && plan.Shots.Count == 1 && plan.Shots[0].Slots.Count == 2 && plan.Shots[0].Toys.All(toy => toy.Kind != ToyKind.Tree));
        var one = ClipPlanner.Plan(3, 1);
        var half = string.Join(' ', DescriptionWriter.Description(two, Wording.Plain()).Split(". ").SkipLast(1)) + ".";
        var more = $"{DescriptionWriter.Description(one, Wording.Plain())} The camera zooms in.";
        var score = WorldScore.Of([new(two, half, []), new(one, more, [])]);
        Assert.Equal(0.75, score.Recall, 12);
        Assert.Equal(0.75, score.Precision, 12);
        Assert.Equal(0.75, score.F1, 12);
        Assert.Equal(2 / 3.0, score.F1Interval.Low, 12); // twice the same of the two
        Assert.Equal(0.75, score.F1Interval.High, 12);
        Assert.Equal([1, 2], score.ByEvents.Keys);
        Assert.Equal(1, score.ByVerb[Verb.Zoom].Told);
    }

    private static List<QuestionResult> Answers(ClipPlan plan, Func<Question, string> answer)
        => [.. new QuestionWriter(plan, 1).Ask(10).Select(question => new QuestionResult(question, answer(question)))];
}
