namespace Kinora.Media;

/// <summary>Frame choice of Tarsier2 (arXiv 2501.07888; specification 3.4), exact in every quirk but those of damaged input. What is set first of rate, times and bounds counts, in this order.</summary>
public sealed record Tarsier2Frames
{
    /// <summary>Whether runs of frames give their middle (the sampler v2 of its settings); else the first and the last frame are included (v1).</summary>
    public bool Middles { get; init; }

    /// <summary>Frames a second; null for evenly spaced ones.</summary>
    public double? Rate { get; init; }

    /// <summary>Seconds; null for evenly spaced ones.</summary>
    public IReadOnlyList<double>? Times { get; init; }

    /// <summary>Seconds between which to look; of no effect unless both are there.</summary>
    public (double Start, double End)? Bounds { get; init; }

    /// <summary>The indices of the frames.</summary>
    /// <param name="total">Frames that the decoder gives, at least 1.</param>
    /// <param name="rate">Average frames per second.</param>
    /// <param name="count">How many are wanted; fewer if the video has fewer.</param>
    public int[] Choose(int total, double rate, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (Rate is { } wanted)
        {
            // More than twice the video's rate: the original's step would be 0.
            var step = Math.Max(1, Frame(rate / wanted));
            if (((total - 1) / step) + 1 is var number && number <= count)
            {
                return [.. Enumerable.Range(0, number).Select(i => i * step)];
            }
        }
        else if (Times is { } times)
        {
            return [.. times.Select(time => Frame(time * rate)).Select(index => index == total ? total - 1 : index).Where(index => index >= 0 && index < total)];
        }

        var (first, last) = Bounds is { } bounds ? (Frame(bounds.Start * rate), Frame(bounds.End * rate)) : (0, total - 1);
        last = Math.Clamp(last, 0, total - 1);
        first = Math.Clamp(first, 0, last);
        return [.. Evenly(last - first + 1, count, Middles).Select(index => first + index)];
    }

    /// <summary>Indices of evenly spaced frames among <paramref name="length"/>, none twice; all of them if no more are wanted.</summary>
    private static IEnumerable<int> Evenly(int length, int count, bool middles)
    {
        if (count == 1 && !middles)
        {
            return [0];
        }

        if (length <= count)
        {
            return Enumerable.Range(0, length);
        }

        var (run, longer) = Math.DivRem(length, count);
        return Enumerable.Range(0, count).Select(i => middles
            ? (i * run) + Math.Min(i, longer) + ((run + (i < longer ? 1 : 0) + 1) / 2) - 1
            : (int)Math.Round((double)i * (length - 1) / (count - 1), MidpointRounding.ToEven));
    }

    private static int Frame(double number) => (int)Math.Clamp(Math.Round(number, MidpointRounding.ToEven), -1, int.MaxValue);
}
