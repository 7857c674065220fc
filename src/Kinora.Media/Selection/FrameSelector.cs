namespace Kinora.Media;

/// <summary>Applies a request to the frames of one clip.</summary>
internal static class FrameSelector
{
    /// <summary>The wanted indices in the order of the request; repeats are possible.</summary>
    /// <exception cref="MediaException">A time lies behind the end.</exception>
    public static int[] Choose(string path, FrameTimes frames, FrameRequest request, double rate, MediaLimits limits)
    {
        var start = request.Start ?? 0;
        if (start >= frames.End && request.Start is not null)
        {
            throw Behind(path, "start", start, frames.End);
        }

        var end = Math.Min(request.End ?? frames.End, frames.End);
        return request.Rule.Kind switch
        {
            FrameRuleKind.Uniform => TarsierIndices.Choose(frames.Count, request.Count, rate, start, request.End ?? -1),
            FrameRuleKind.Distinct or FrameRuleKind.Middles => new Tarsier2Frames
            {
                Middles = request.Rule.Kind == FrameRuleKind.Middles,
                Bounds = (request.Start ?? request.End) is null ? null : (start, end),
            }.Choose(frames.Count, rate, request.Count),
            FrameRuleKind.Segments => [.. Enumerable.Range(0, request.Count).Select(i => frames.At(start + ((i + 0.5) * (end - start) / request.Count)))],
            FrameRuleKind.Pllava => PllavaIndices.Choose(frames.Count, request.Count, rate, request.Start, request.End),
            FrameRuleKind.Every => Every(frames, start, end, request.Rule.Interval, request.HasCount ? request.Count : limits.MaxFramesKept),
            _ => [.. request.Rule.Times.Select(t => t < frames.End ? frames.At(t) : throw Behind(path, "time", t, frames.End))],
        };
    }

    /// <summary>Of pictures without times: the rule of the uniform choice for all counts, never more than there are; PLLaVA's counts three pictures a second and from 1; other rules count one a second.</summary>
    public static int[] ChoosePictures(string path, int total, FrameRequest request, MediaLimits limits)
    {
        if (request.Rule.Kind == FrameRuleKind.Pllava)
        {
            var duration = (double)total / PllavaIndices.PicturesPerSecond;
            return request.Start >= duration
                ? throw Behind(path, "start", request.Start.Value, duration)
                : [.. PllavaIndices.Choose(total, request.Count, PllavaIndices.PicturesPerSecond, request.Start, request.End, lowest: 1).Select(number => number - 1)];
        }

        var frames = new FrameTimes([.. Enumerable.Range(0, total).Select(i => (long?)i)], new Rational(1, 1), 1, 1);
        return Choose(path, frames, request.Rule.Kind == FrameRuleKind.Uniform && request.Count > total ? request with { Count = total } : request, 1, limits);
    }

    private static int[] Every(FrameTimes frames, double start, double end, double interval, int limit)
    {
        var indices = new List<int>();
        for (var step = 0; indices.Count < limit; step++)
        {
            // Multiplied, not added up: a thousand steps of 0.1 s must still end where they should.
            var time = start + (step * interval);
            if (time >= end && step > 0)
            {
                break;
            }

            indices.Add(frames.At(time));
        }

        return [.. indices];
    }

    private static MediaException Behind(string path, string what, double value, double end)
        => new(path, $"the {what} {value:0.###} s lies behind the end, it lasts {end:0.###} s; choose an earlier one.");
}
