using Kinora.Training.Preferences;

namespace Kinora.Training.Tests.Preferences;

public sealed class WordScorerTests
{
    [Fact]
    public void The_same_text_scores_full() => Assert.Equal(new(1, 1), WordScorer.Score("A red ball chases the boat.", "A red ball chases the boat."));

    [Theory]
    [InlineData("The balls chase a box.", "A ball chases the boxes")]
    [InlineData("STORIES, glasses!", "story glass")]
    [InlineData("a bus", "the bus")]
    public void Plurals_case_and_joining_words_do_not_count(string candidate, string reference) => Assert.Equal(new(1, 1), WordScorer.Score(candidate, reference));

    [Fact]
    public void What_is_missing_costs_recall_and_what_is_made_up_costs_precision()
    {
        // Of red, ball, roll the one word red is said: a third of the words, no pair.
        Assert.Equal(new(1.0 / 6, 1), WordScorer.Score("red", "A red ball rolls"));
        var (recall, precision) = WordScorer.Score("A red ball rolls", "red");
        Assert.Equal((1, 1.0 / 6), (recall, precision));
    }

    [Fact]
    public void The_wrong_order_costs_half_of_what_stands_between_events()
    {
        const string Reference = "The dog sleeps. The cat jumps.";
        var (recall, precision) = WordScorer.Score("The cat jumps. The dog sleeps.", Reference);

        // All four words; of six pairs the two within a sentence.
        Assert.Equal((1 + (2.0 / 6)) / 2, recall, 12);
        Assert.Equal(recall, precision);
    }

    [Fact]
    public void Saying_a_word_again_and_again_does_not_help()
        => Assert.Equal(new(1, 1.0 / 3), WordScorer.Score("ball ball ball", "ball"));

    [Theory]
    [InlineData("", "A dog runs.")]
    [InlineData("A dog runs.", "the of and")]
    [InlineData("", "")]
    public void A_text_that_says_nothing_scores_nothing(string candidate, string reference) => Assert.Equal(new(0, 0), WordScorer.Score(candidate, reference));
}
