using Kinora.Toybox.World;

namespace Kinora.Toybox.Motion;

/// <summary>Where everything is at a frame of a shot.</summary>
public static class ShotMotion
{
    /// <summary>The state of every toy at a frame. Allocates nothing.</summary>
    /// <param name="shot">The shot.</param>
    /// <param name="frame">The frame, counted from the shot's first.</param>
    /// <param name="toys">Gets the toys by number; as long as the shot has toys.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The shot has no such frame.</exception>
    public static void At(Shot shot, int frame, Span<ToyState> toys)
    {
        Check(shot, frame);
        if (toys.Length != shot.Toys.Count)
        {
            throw new ArgumentException($"The shot has {shot.Toys.Count} toys; {toys.Length} places don't hold them.", nameof(toys));
        }

        Copy(shot.Toys, toys);
        for (var number = 0; number < shot.Slots.Count; number++)
        {
            var slot = shot.Slots[number];
            if (frame < slot.Start)
            {
                return;
            }

            if (frame < slot.End)
            {
                Copy(slot.Before, toys);
                var progress = Progress(slot, frame);
                for (var index = 0; index < slot.Events.Count; index++)
                {
                    EventMotion.Apply(slot.Events[index], progress, toys);
                }

                return;
            }

            Copy(slot.After, toys);
        }
    }

    /// <summary>Where the camera looks at a frame. Allocates nothing.</summary>
    /// <param name="shot">The shot.</param>
    /// <param name="frame">The frame, counted from the shot's first.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shot has no such frame.</exception>
    public static View ViewAt(Shot shot, int frame)
    {
        Check(shot, frame);
        for (var number = 0; number < shot.Slots.Count; number++)
        {
            var slot = shot.Slots[number];
            for (var index = 0; index < slot.Events.Count; index++)
            {
                if (slot.Events[index].Subject < 0)
                {
                    // A shot has one movement of the camera at most: before and behind it the camera stands as it begins and ends.
                    return CameraMotion.At(slot.Events[index], Math.Clamp(Progress(slot, frame), 0, 1));
                }
            }
        }

        return View.Still;
    }

    private static double Progress(Slot slot, int frame) => (double)(frame - slot.Start) / (slot.End - slot.Start);

    private static void Copy(IReadOnlyList<ToyState> from, Span<ToyState> to)
    {
        for (var toy = 0; toy < to.Length; toy++)
        {
            to[toy] = from[toy];
        }
    }

    private static void Check(Shot shot, int frame)
    {
        ArgumentNullException.ThrowIfNull(shot);
        if ((uint)frame >= (uint)shot.Frames)
        {
            throw new ArgumentOutOfRangeException(nameof(frame), frame, $"The shot has {shot.Frames} frames, 0 to {shot.Frames - 1}; ask for one of them.");
        }
    }
}
