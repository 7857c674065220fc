namespace Kinora.Media;

/// <summary>A stretch of a video that is decoded without a gap.</summary>
/// <param name="SeekTo">Container time of the key frame to jump to first; null to start at the beginning.</param>
/// <param name="From">The promised number of the first frame.</param>
/// <param name="Indices">The wanted frames in it, ascending.</param>
/// <param name="ToEnd">Whether decoding goes on to the end of the file; else it stops behind the last wanted frame.</param>
internal sealed record DecodeSegment(double? SeekTo, int From, int[] Indices, bool ToEnd)
{
    /// <summary>Whether the frames that the decoder went through are the promised ones, all wanted ones among them.</summary>
    public bool Matches(FrameTimes promised, FrameTimes seen)
    {
        if (seen.Count == 0)
        {
            return false;
        }

        // A jump may land on an earlier key frame; what counts is that no frame is missing from there on.
        var first = SeekTo is null ? 0 : seen.Stamps[0] is { } stamp ? promised.Find(stamp) : -1;
        return promised.Contains(seen, first)
            && first <= Indices[0]
            && (ToEnd ? first + seen.Count == promised.Count : first + seen.Count > Indices[^1]);
    }
}
