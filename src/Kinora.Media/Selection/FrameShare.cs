namespace Kinora.Media;

/// <summary>How Tarsier2 shares a number of frames out among the pictures and videos of one sample (specification 3.3).</summary>
/// <param name="Frames">How many it begins with: 1 of a picture, as many as are named of a video whose frames are named, the least number of another.</param>
/// <param name="IsFlexible">Whether frames may be added and taken away.</param>
public readonly record struct FrameShare(int Frames, bool IsFlexible)
{
    /// <summary>A picture.</summary>
    public static FrameShare Picture => new(1, false);

    /// <summary>A video of which so many frames are named.</summary>
    public static FrameShare Named(int frames) => new(frames, false);

    /// <summary>A video that takes what it is given.</summary>
    /// <param name="least">What it begins with: its <c>min_n_frames</c>, or the largest number of all if it names a rate.</param>
    public static FrameShare Video(int least = 0) => new(least, true);

    /// <summary>The frames of each.</summary>
    /// <param name="parts">Pictures and videos in the order of the sample.</param>
    /// <param name="wanted">Frames of all together: <c>n_frames</c>.</param>
    /// <param name="most">The most frames of all together: <c>max_n_frames</c>.</param>
    /// <param name="multiple">Flexible numbers are rounded up to multiples of it: <c>force_frames_n_divisible</c>.</param>
    public static int[] Divide(IReadOnlyList<FrameShare> parts, int wanted, int most, int multiple = 1)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentOutOfRangeException.ThrowIfLessThan(multiple, 1);
        int[] counts = [.. parts.Select(part => part.Frames)];
        int[] flexible = [.. Enumerable.Range(0, counts.Length).Where(i => parts[i].IsFlexible)];
        var sum = counts.Sum();
        for (var turn = 0; sum < wanted && flexible.Length > 0; turn++, sum++)
        {
            counts[flexible[turn % flexible.Length]]++;
        }

        for (var turn = 0; sum > most && flexible.Any(i => counts[i] > 0); turn++)
        {
            var index = flexible[turn % flexible.Length];
            var taken = Math.Min(1, counts[index]);
            counts[index] -= taken;
            sum -= taken;
        }

        foreach (var index in flexible)
        {
            counts[index] = (counts[index] + multiple - 1) / multiple * multiple;
        }

        return counts;
    }
}
