using Kinora.Tensors;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Planning;

/// <summary>Draws what happens in a clip. The same seed and level give the same plan on every machine.</summary>
public static class ClipPlanner
{
    /// <summary>The longest clip, in frames: 5.5 seconds, so that of eight frames at equal distances at least one falls into every event.</summary>
    public const int MostFrames = 66;

    /// <summary>The most events of a clip.</summary>
    public const int MostEvents = 4;

    // Most clips come at the first or second try.
    private const int MostTries = 1000;

    /// <summary>The plan of a clip.</summary>
    /// <param name="seed">At least 0; neighbouring seeds have nothing in common.</param>
    /// <param name="level">1: one toy, one event. 2: one or two toys, one or two slots. 3: the whole world with camera and cuts.</param>
    /// <exception cref="ArgumentOutOfRangeException">The seed is negative, or there is no such level.</exception>
    public static ClipPlan Plan(long seed, int level)
    {
        if (seed < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(seed), seed, $"The seed {seed} is negative; give 0 or more.");
        }

        var rules = Level.Of(level);
        var key = CounterRandom.Mix((ulong)seed, (ulong)level);
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            if (Try(CounterRandom.Mix(key, (ulong)attempt), rules) is { } shots)
            {
                return new ClipPlan { Seed = seed, Level = level, Shots = shots };
            }
        }

        throw new InvalidOperationException($"No clip of level {level} came of seed {seed}; this is a defect of the world's rules.");
    }

    private static Shot[]? Try(ulong key, Level rules)
    {
        var random = new CounterRandom(key);
        var shots = new Shot[random.Chance(rules.TwoShots) ? 2 : 1];
        var scenes = Enum.GetValues<Scene>().ToList();
        var (frames, events) = (0, 0);
        for (var number = 0; number < shots.Length; number++)
        {
            var scene = random.Pick(scenes);
            scenes.Remove(scene);
            var slots = shots.Length > 1 ? 1 : 1 + random.Weighted(rules.SlotOdds);
            if (new ShotPlanner(CounterRandom.Mix(key, (ulong)number), rules).Plan(scene, slots) is not { } shot)
            {
                return null;
            }

            shots[number] = shot;
            frames += shot.Frames;
            events += shot.Slots.Sum(slot => slot.Events.Count);
        }

        return frames <= MostFrames && events <= MostEvents ? shots : null;
    }
}
