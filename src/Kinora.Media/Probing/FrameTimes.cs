namespace Kinora.Media;

/// <summary>The presentation times of a stream's frames in display order, as packets foretell them or as the decoder gave them.</summary>
internal sealed class FrameTimes
{
    private readonly double[] container;

    /// <summary>Makes the list.</summary>
    /// <param name="stamps">In display order; null where the file has no time stamp.</param>
    /// <param name="timeBase">Seconds per tick.</param>
    /// <param name="rate">Average frames per second, to fill gaps where the file has no stamps at all.</param>
    /// <param name="lastDuration">Ticks that the last frame lasts; 0 if unknown.</param>
    public FrameTimes(IReadOnlyList<long?> stamps, Rational timeBase, double rate, long lastDuration)
    {
        Stamps = stamps;
        container = new double[stamps.Count];
        var gap = rate > 0 ? 1 / rate : 0.04;
        for (var index = 0; index < stamps.Count; index++)
        {
            var before = index == 0 ? 0 : container[index - 1];
            var time = stamps[index] is { } stamp ? stamp * timeBase.Numerator / (double)timeBase.Denominator : index == 0 ? 0 : before + gap;

            // Display order is the decoder's business; a stamp that runs backwards is damage.
            container[index] = index == 0 ? time : Math.Max(before, time);
        }

        var lastGap = lastDuration > 0 ? lastDuration * timeBase.Value
            : stamps.Count > 1 && container[^1] > container[^2] ? container[^1] - container[^2] : gap;
        End = stamps.Count == 0 ? 0 : container[^1] - container[0] + lastGap;
    }

    /// <summary>The raw time stamps.</summary>
    public IReadOnlyList<long?> Stamps { get; }

    /// <summary>The time stamps of key frames, ascending; empty if nothing is known of them.</summary>
    public IReadOnlyList<long> KeyStamps { get; init; } = [];

    /// <summary>Number of frames.</summary>
    public int Count => container.Length;

    /// <summary>When the last frame ends, in seconds since the first one.</summary>
    public double End { get; }

    /// <summary>Whether each frame can be told by its stamp.</summary>
    public bool StampsAreUnique
    {
        get
        {
            for (var index = 0; index < Stamps.Count; index++)
            {
                if (Stamps[index] is not { } stamp || (index > 0 && stamp <= Stamps[index - 1]))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Seconds since the first frame.</summary>
    public double this[int index] => container[index] - container[0];

    /// <summary>Seconds in the container's time line.</summary>
    public double ContainerTime(int index) => container[index];

    /// <summary>The frame on the screen at a time: the last one that does not start later; the first one before the start.</summary>
    public int At(double seconds)
    {
        // Stamps are rounded to ticks: a time that a user copied with six digits must find its frame.
        var time = seconds + container[0] + 1e-6;
        var found = Array.BinarySearch(container, time);
        var index = found >= 0 ? found : ~found - 1;
        return Math.Clamp(index, 0, Count - 1);
    }

    /// <summary>Whether this list holds all frames of another, without a gap, from an index on.</summary>
    public bool Contains(FrameTimes other, int from)
        => from >= 0 && other.Count <= Count - from && Enumerable.Range(0, other.Count).All(index => other.Stamps[index] == Stamps[from + index]);

    /// <summary>The number of the last key frame that is not shown after a frame, or -1. Only if <see cref="StampsAreUnique"/>.</summary>
    public int KeyBefore(int index)
    {
        var (low, high) = (0, KeyStamps.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = KeyStamps[middle] <= Stamps[index]!.Value ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? -1 : Find(KeyStamps[low - 1]);
    }

    /// <summary>The frame of a time stamp, or -1. Only if <see cref="StampsAreUnique"/>.</summary>
    public int Find(long stamp)
    {
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (Stamps[middle]!.Value.CompareTo(stamp))
            {
                case 0:
                    return middle;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return -1;
    }
}
