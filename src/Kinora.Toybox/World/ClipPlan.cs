namespace Kinora.Toybox.World;

/// <summary>All that happens in a clip: the truth that texts are made of and pictures are drawn from.</summary>
public sealed record ClipPlan
{
    /// <summary>Frames of a second.</summary>
    public const int FramesPerSecond = 12;

    /// <summary>Width and height of the picture in pixels.</summary>
    public const int Side = 128;

    /// <summary>What the clip follows from.</summary>
    public required long Seed { get; init; }

    /// <summary>1: one toy, one event. 2: one or two toys, one or two slots. 3: the whole world.</summary>
    public required int Level { get; init; }

    /// <summary>One shot, or two with a cut between them.</summary>
    public required IReadOnlyList<Shot> Shots { get; init; }

    /// <summary>The clip's length.</summary>
    public int Frames
    {
        get
        {
            // Asked for each frame that is drawn: nothing is allocated.
            var frames = 0;
            for (var shot = 0; shot < Shots.Count; shot++)
            {
                frames += Shots[shot].Frames;
            }

            return frames;
        }
    }

    /// <summary>The shot that a frame belongs to, and the frame's number within the shot.</summary>
    /// <param name="frame">0 to <see cref="Frames"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The clip has no such frame.</exception>
    public (Shot Shot, int Frame) At(int frame)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        var left = frame;
        for (var number = 0; number < Shots.Count; number++)
        {
            if (left < Shots[number].Frames)
            {
                return (Shots[number], left);
            }

            left -= Shots[number].Frames;
        }

        throw new ArgumentOutOfRangeException(nameof(frame), frame, $"The clip of seed {Seed} has {frame - left} frames, 0 to {frame - left - 1}; ask for one of them.");
    }

    /// <summary>Number of events.</summary>
    public int Events => Shots.Sum(shot => shot.Slots.Sum(slot => slot.Events.Count));
}
