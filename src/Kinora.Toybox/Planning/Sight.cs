using Kinora.Toybox.Motion;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Planning;

/// <summary>Whether what is told of a shot can be seen: a camera that moves may leave toys outside.</summary>
internal static class Sight
{
    // Of a toy whose centre is so far inside the picture more than half is seen.
    private const double Edge = 8;

    /// <summary>Whether the toys of the first frame, and all toys while something happens to them, are in the picture.</summary>
    public static bool ShowsAll(Shot shot)
    {
        var first = ShotMotion.ViewAt(shot, 0);
        return shot.Toys.All(toy => !toy.IsVisible || Shows(first, toy)) && shot.Slots.All(slot => ShowsAll(shot, slot));
    }

    private static bool ShowsAll(Shot shot, Slot slot)
    {
        var (before, after) = (ShotMotion.ViewAt(shot, slot.Start), ShotMotion.ViewAt(shot, slot.End - 1));
        return slot.Events.All(happening => Shows(happening.Subject) && Shows(happening.Object));

        bool Shows(int toy) => toy < 0 || (Sight.Shows(before, slot.Before[toy]) && Sight.Shows(after, slot.After[toy]));
    }

    private static bool Shows(View view, ToyState toy)
    {
        var (x, y) = view.Project(toy.X, toy.Y);
        return x is >= Edge and <= ClipPlan.Side - Edge && y is >= Edge and <= ClipPlan.Side - Edge;
    }
}
