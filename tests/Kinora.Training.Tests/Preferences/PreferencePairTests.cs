using Kinora.Training.Preferences;

namespace Kinora.Training.Tests.Preferences;

public sealed class PreferencePairTests
{
    [Theory]
    [InlineData(0.7, 0.5, 0.5, 0.4, null)] // just enough
    [InlineData(0.5, 0.7, 0.5, 0.4, null)] // one measure may stay
    [InlineData(0.69, 0.5, 0.5, 0.4, "small")]
    [InlineData(0.49, 1.0, 0.5, 0.0, "recall")]
    [InlineData(1.0, 0.39, 0.5, 0.4, "precision")]
    public void A_pair_is_kept_if_nothing_falls_and_the_sum_gains_enough(double recall, double precision, double otherRecall, double otherPrecision, string? reason)
        => Expect(Pair(new(recall, precision), new(otherRecall, otherPrecision)), reason);

    [Fact]
    public void Texts_that_would_teach_to_stop_too_early_or_nothing_are_left_out()
    {
        Expect(Pair(new(1, 1), new(0, 0)) with { IsCut = true }, "cut off");
        Expect(Pair(new(1, 1), new(0, 0)) with { Rejected = " " }, "empty");
    }

    private static void Expect(PreferencePair pair, string? reason)
    {
        var refusal = pair.Refusal(0.3);
        if (reason is null)
        {
            Assert.Null(refusal);
        }
        else
        {
            Assert.Contains(reason, refusal, StringComparison.Ordinal);
        }
    }

    private static PreferencePair Pair(DescriptionScore chosen, DescriptionScore rejected) => new("good", "bad", FrameCorruptionKind.Reversal, [1, 0], 1, 2, 3, chosen, rejected, IsCut: false);
}
