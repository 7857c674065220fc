using Kinora.Tensors;
using Kinora.Toybox.Motion;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Planning;

/// <summary>Draws what happens between two cuts.</summary>
internal sealed class ShotPlanner(ulong key, Level rules)
{
    private const int LeastFrames = 24;
    private const double AbsentToy = 0.12;
    private const double TwoEvents = 0.22;

    private CounterRandom random = new(key);

    /// <summary>The shot, or null if these numbers lead to none.</summary>
    public Shot? Plan(Scene scene, int slotCount)
    {
        if (ToyPlacement.Try(ref random, 1 + random.Weighted(rules.ToyOdds)) is not { } toys)
        {
            return null;
        }

        if (toys.Length > 1 && random.Chance(AbsentToy))
        {
            ref var absent = ref toys[random.Below(toys.Length)];
            absent = absent with { Alpha = 0 };
        }

        var stage = new Stage(toys);
        var slots = new Slot[slotCount];
        var start = random.Whole(3, 5);
        for (var number = 0; number < slotCount; number++)
        {
            var before = stage.Toys.ToArray();
            if (Events(stage, isFirst: number == 0, isLast: number == slotCount - 1) is not { } events)
            {
                return null;
            }

            foreach (var happening in events)
            {
                EventMotion.Finish(happening, stage.Toys);
            }

            var end = start + random.Whole(14, 20);
            slots[number] = new Slot { Start = start, End = end, Events = events, Before = before, After = stage.Toys.ToArray() };
            start = end + random.Whole(2, 5);
        }

        var shot = new Shot
        {
            Scene = scene,
            Frames = Math.Max(LeastFrames, slots[^1].End + random.Whole(3, 5)),
            Toys = slots[0].Before,
            Slots = slots,
        };
        return Sight.ShowsAll(shot) ? shot : null;
    }

    private ToyEvent[]? Events(Stage stage, bool isFirst, bool isLast)
    {
        stage.BeginSlot(isFirst);
        if (stage.Absent is { } absent && isLast)
        {
            stage.Take(new ToyEvent { Verb = Verb.Appear, Subject = absent });
        }
        else if (!stage.HasCamera && random.Chance(rules.Camera))
        {
            return [stage.Take(CameraChoice.Draw(ref random, stage))];
        }
        else if (!EventChoice.Take(ref random, stage, EventChoice.All))
        {
            return null;
        }

        // The second is left out where no other toy can do anything.
        if (random.Chance(TwoEvents))
        {
            EventChoice.Take(ref random, stage, EventChoice.BesideAnother);
        }

        return [.. stage.Taken];
    }
}
