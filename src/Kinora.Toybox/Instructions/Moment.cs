using Kinora.Toybox.Motion;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Instructions;

/// <summary>A frame at which nothing is half changed, so that it can be described alone.</summary>
/// <param name="Frame">The frame, counted in the clip.</param>
/// <param name="Scene">Where.</param>
/// <param name="Toys">The toys of its shot.</param>
public sealed record Moment(int Frame, Scene Scene, IReadOnlyList<ToyState> Toys)
{
    /// <summary>The moments of each shot: its first frame, and the first frame behind each slot. None in shots whose camera moves, for toys may leave the picture then, and none after a toy has hidden, of which a part may be seen.</summary>
    public static IReadOnlyList<IReadOnlyList<Moment>> Of(ClipPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var moments = new List<IReadOnlyList<Moment>>();
        var first = 0;
        foreach (var shot in plan.Shots)
        {
            moments.Add(shot.Slots.Any(slot => slot.Events.Any(happening => happening.Subject < 0)) ? []
                : [.. shot.Slots.Select(slot => slot.End).Prepend(0).Where(frame => frame < shot.Frames).Select(frame => At(shot, first, frame)).Where(moment => !moment.Toys.Any(toy => toy.IsHidden))]);
            first += shot.Frames;
        }

        return moments;
    }

    private static Moment At(Shot shot, int first, int frame)
    {
        var toys = new ToyState[shot.Toys.Count];
        ShotMotion.At(shot, frame, toys);
        return new(first + frame, shot.Scene, toys);
    }
}
