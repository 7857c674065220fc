using Kinora.Toybox.Planning;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Tests;

/// <summary>Many clips of the world to look at.</summary>
internal static class Worlds
{
    /// <summary>Clips of a level.</summary>
    public static IEnumerable<ClipPlan> Clips(int level, int count) => Enumerable.Range(0, count).Select(seed => ClipPlanner.Plan(seed, level));

    /// <summary>Their shots.</summary>
    public static IEnumerable<Shot> Shots(int level, int count) => Clips(level, count).SelectMany(plan => plan.Shots);

    /// <summary>Their slots.</summary>
    public static IEnumerable<Slot> Slots(int level, int count) => Shots(level, count).SelectMany(shot => shot.Slots);

    /// <summary>Their events with the slots they are in.</summary>
    public static IEnumerable<(ToyEvent Event, Slot Slot)> Events(int level, int count)
        => Slots(level, count).SelectMany(slot => slot.Events.Select(happening => (happening, slot)));

    /// <summary>The first clip of the whole world in which this happens.</summary>
    public static ClipPlan With(Func<Shot, bool> what) => Clips(Level.Highest, 5000).First(plan => what(plan.Shots[0]));

    /// <summary>A clip of one still shot.</summary>
    public static ClipPlan Still(Scene scene, params ToyState[] toys)
        => new() { Seed = 0, Level = 1, Shots = [new Shot { Scene = scene, Frames = 24, Toys = toys, Slots = [] }] };

    /// <summary>A toy on the ground.</summary>
    public static ToyState Toy(ToyKind kind, ToyColour colour = ToyColour.Red, double x = 64, ToySize size = ToySize.Big) => new()
    {
        Kind = kind,
        Colour = colour,
        NextColour = colour,
        X = x,
        BaseLine = 106,
        Side = size.Side(),
        Alpha = 1,
    };
}
