using System.Globalization;
using Kinora.Media;
using Kinora.Toybox.Drawing;
using Kinora.Toybox.Language;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Clips;

/// <summary>A picture of a clip with the truth below.</summary>
public static class TruthSheet
{
    private const int Scale = 2;

    /// <summary>Draws frames at equal distances, twice as large, with their times, and below them the description and each event with its time.</summary>
    /// <param name="plan">The clip.</param>
    /// <param name="frames">How many frames, 1 to the clip's length.</param>
    /// <exception cref="ArgumentOutOfRangeException">The clip hasn't so many frames.</exception>
    public static Picture Render(ClipPlan plan, int frames)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (frames < 1 || frames > plan.Frames)
        {
            throw new ArgumentOutOfRangeException(nameof(frames), frames, $"The clip of seed {plan.Seed} has {plan.Frames} frames; {frames} of them can't be shown; ask for 1 to {plan.Frames}.");
        }

        var renderer = new ClipRenderer();
        var shown = Enumerable.Range(0, frames).Select(number =>
        {
            var index = frames == 1 ? 0 : (int)Math.Round(number * (plan.Frames - 1) / (frames - 1.0));
            var picture = PillowResize.Resize(renderer.Frame(plan, index), Scale * ClipPlan.Side, Scale * ClipPlan.Side, ResampleFilter.Nearest);
            return new ClipFrame(picture, (double)index / ClipPlan.FramesPerSecond, index);
        });
        return ContactSheet.Render([.. shown], Text(plan));
    }

    /// <summary>The truth of a clip as lines: its seed, the description, each event with its time.</summary>
    public static IReadOnlyList<string> Text(ClipPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var wording = Wording.Plain();
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"Seed {plan.Seed}, level {plan.Level}, {plan.Frames} frames, {(double)plan.Frames / ClipPlan.FramesPerSecond:0.00} s"),
            DescriptionWriter.Description(plan, wording),
            .. ClipFacts.Of(plan).Select(fact => string.Create(
                CultureInfo.InvariantCulture,
                $"{(double)fact.Start / ClipPlan.FramesPerSecond:0.00}-{(double)fact.End / ClipPlan.FramesPerSecond:0.00} s  {Sentences.Clause(fact.Fact, wording)}")),
        ];
    }
}
