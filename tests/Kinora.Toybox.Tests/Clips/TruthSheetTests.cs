using Kinora.Toybox.Clips;
using Kinora.Toybox.Planning;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Tests.Clips;

/// <summary>A clip with the truth below.</summary>
public sealed class TruthSheetTests
{
    [Fact]
    public void Frames_are_shown_with_the_truth_below()
    {
        var plan = ClipPlanner.Plan(7, 3);
        var sheet = TruthSheet.Render(plan, 4);
        var frames = 6 + (2 * (256 + 26));
        Assert.Equal(6 + (2 * 262), sheet.Width);
        Assert.True(sheet.Height >= frames + (3 * 20));
        Assert.Contains(byte.MaxValue, sheet.Pixels.AsSpan(frames * sheet.Stride).ToArray());
    }

    [Fact]
    public void The_text_tells_each_event_with_its_time()
    {
        var plan = Worlds.Clips(3, 500).First(clip => clip.Shots.Count == 2);
        var text = TruthSheet.Text(plan);
        Assert.Equal(2 + plan.Events, text.Count);
        Assert.StartsWith($"Seed {plan.Seed}, level 3, {plan.Frames} frames", text[0], StringComparison.Ordinal);
        var start = (plan.Shots[0].Frames + plan.Shots[1].Slots[0].Start) / (double)ClipPlan.FramesPerSecond;
        Assert.StartsWith(FormattableString.Invariant($"{start:0.00}-"), text[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(67)]
    public void Frames_that_the_clip_has_not_are_refused(int frames)
    {
        var plan = ClipPlanner.Plan(7, 3);
        Assert.Contains($"1 to {plan.Frames}", Assert.Throws<ArgumentOutOfRangeException>(() => TruthSheet.Render(plan, frames)).Message, StringComparison.Ordinal);
    }
}
