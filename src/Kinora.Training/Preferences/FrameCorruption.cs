using Kinora.Tensors;
using Kinora.Training.Data;

namespace Kinora.Training.Preferences;

/// <summary>
/// Tarsier2's ways to spoil the frames of a clip for preference pairs (arXiv 2501.07888, section on direct preference optimisation); lengths and borders as in the published
/// sampler. Each gives the numbers of the frames to show, and the same ones for the same seed; with two frames or more they always differ from 0, 1, ...
/// </summary>
public static class FrameCorruption
{
    private const int Segments = 4;

    /// <summary>One of the four ways, each equally likely; the crop is the published one.</summary>
    /// <param name="frames">Frames of the clip, at least 2.</param>
    /// <param name="seed">Decides which way and how.</param>
    public static (FrameCorruptionKind Kind, int[] Frames) Any(int frames, ulong seed)
    {
        var kind = (FrameCorruptionKind)new CounterRandom(seed).Below(4);
        return (kind, Of(kind, frames, CounterRandom.Mix(seed, 1)));
    }

    /// <summary>A given way; the crop is the published one.</summary>
    /// <param name="kind">Which way.</param>
    /// <param name="frames">Frames of the clip, at least 2.</param>
    /// <param name="seed">Decides how.</param>
    public static int[] Of(FrameCorruptionKind kind, int frames, ulong seed) => kind switch
    {
        FrameCorruptionKind.SegmentSwap => SwapSegments(frames, seed),
        FrameCorruptionKind.Reversal => Reverse(frames, seed),
        FrameCorruptionKind.Crop => Crop(frames, seed),
        _ => Drop(frames, seed),
    };

    /// <summary>Two of four segments of ceil(n / 4) frames change places; the last segment may be shorter, and one without frames takes no part.</summary>
    /// <returns>Every frame once.</returns>
    public static int[] SwapSegments(int frames, ulong seed)
    {
        var random = Begin(frames, seed);
        var length = Ceiling(frames, Segments);
        var parts = Enumerable.Range(0, frames).Chunk(length).ToArray();
        var first = random.Below(parts.Length);
        var second = (first + 1 + random.Below(parts.Length - 1)) % parts.Length;
        (parts[first], parts[second]) = (parts[second], parts[first]);
        return [.. parts.SelectMany(part => part)];
    }

    /// <summary>A run of ceil(u n) frames, u uniform in 0.5 to 1, is shown backwards; it has at least two frames.</summary>
    /// <returns>Every frame once.</returns>
    public static int[] Reverse(int frames, ulong seed)
    {
        var random = Begin(frames, seed);
        var length = Math.Clamp((int)Math.Ceiling((0.5 + (random.Uniform() / 2)) * frames), 2, frames);
        var indices = Enumerable.Range(0, frames).ToArray();
        Array.Reverse(indices, random.Below(frames - length + 1), length);
        return indices;
    }

    /// <summary>As many frames out of about three quarters of the clip, as the published sampler has it: a quarter, ceil(n / 4), is left out at both ends together.</summary>
    /// <returns>n numbers that never fall; some are there twice.</returns>
    public static int[] Crop(int frames, ulong seed) => Crop(frames, seed, Ceiling(frames, Segments));

    /// <summary>As many frames out of half of the clip, as the paper has it.</summary>
    /// <inheritdoc cref="Crop(int, ulong)"/>
    public static int[] CropHalf(int frames, ulong seed) => Crop(frames, seed, Ceiling(frames, 2));

    /// <summary>Half of the frames, n / 2 rounded down, in their order.</summary>
    public static int[] Drop(int frames, ulong seed)
    {
        var random = Begin(frames, seed);
        var kept = new List<int>(Enumerable.Range(0, frames));
        while (kept.Count > frames / 2)
        {
            kept.RemoveAt(random.Below(kept.Count));
        }

        return [.. kept];
    }

    private static int[] Crop(int frames, ulong seed, int leftOut)
    {
        var random = Begin(frames, seed);
        var first = random.Below(leftOut + 1);
        var last = frames - 1 - (leftOut - first);
        return [.. Enumerable.Range(0, frames).Select(i => first + (int)((long)i * (last - first) / (frames - 1)))];
    }

    private static CounterRandom Begin(int frames, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 2);
        return new CounterRandom(seed);
    }

    private static int Ceiling(int value, int divisor) => ((value - 1) / divisor) + 1;
}
