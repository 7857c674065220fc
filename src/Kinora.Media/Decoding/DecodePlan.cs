using System.Globalization;

namespace Kinora.Media;

/// <summary>What one ffmpeg process is to deliver.</summary>
/// <param name="Frames">The frames as far as they are known.</param>
/// <param name="Indices">The wanted ones, ascending, each once.</param>
/// <param name="Segments">The stretches to decode, in order.</param>
/// <param name="ByStamp">Whether frames are told by time stamp; else by number, which only works from the beginning.</param>
internal sealed record DecodePlan(FrameTimes Frames, int[] Indices, DecodeSegment[] Segments, bool ByStamp)
{
    // Opening the file once more costs about as much as decoding this many small frames.
    private const int MinSkip = 48;

    // If the last wanted frame is this near to the end, the end is decoded too: that proves where the end is.
    private const int EndMargin = 32;

    // Above this many terms, long time stamps could exceed the length that the system allows for one argument.
    private const int MaxStampTerms = 2000;

    private const int MaxSegments = 32;

    // Segments are decoded one after the other, but their threads all exist from the start.
    private const int ThreadsPerSegment = 2;

    // Pictures that a decoder may hold (16 references and its threads' own), and the part of the memory that all decoders may take.
    private const int PicturesPerDecoder = 24;
    private const int MemoryShare = 4;

    // One packet is one frame in these, so that frames between two stretches can be counted without decoding them.
    private static readonly string[] CountableCodecs = ["h264", "hevc", "av1", "vp9"];

    /// <summary>Whether all frames of the file are decoded.</summary>
    public bool IsComplete => Segments is [{ SeekTo: null, ToEnd: true }];

    /// <summary>Frames that will be decoded if the file is as promised.</summary>
    public int ExpectedFrames => Segments.Sum(s => (s.ToEnd ? Frames.Count : s.Indices[^1] + 1) - s.From);

    /// <summary>The cheapest way, relying on the frames that the packets promise.</summary>
    public static DecodePlan Fast(FrameTimes frames, int[] indices, SourceFile file, MediaInfo info, MediaLimits limits)
    {
        if (!frames.StampsAreUnique || indices.Length > MaxStampTerms)
        {
            return Full(frames, indices);
        }

        var seekable = file.Container.SeeksByIndex && CountableCodecs.Contains(info.Codec);
        var segments = new List<DecodeSegment>();
        var start = 0;
        foreach (var cut in seekable ? Cuts(frames, indices, Room(info, limits)) : [])
        {
            if (cut > start)
            {
                segments.Add(Segment(frames, indices[start..cut], seekable));
            }

            start = cut;
        }

        segments.Add(Segment(frames, indices[start..], seekable));
        return new DecodePlan(frames, indices, [.. segments], true);
    }

    /// <summary>The way that relies on nothing: everything is decoded, frames are told by number.</summary>
    public static DecodePlan Full(FrameTimes frames, int[] indices)
        => new(frames, indices, [new DecodeSegment(null, 0, indices, true)], false);

    /// <summary>The whole ffmpeg command line.</summary>
    public string[] Arguments(SourceFile file, MediaInfo info, MediaLimits limits)
        =>
        [
            "-nostdin", "-hide_banner", "-nostats", "-loglevel", "repeat+level+info", "-copyts",
            .. Segments.SelectMany(segment => Input(segment, file, info, limits, Segments.Length == 1 ? limits.Threads : Math.Min(limits.Threads, ThreadsPerSegment))),
            "-filter_complex", FrameFilter.Graph(this, info), "-map", "[out]", "-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1",
        ];

    private static string[] Input(DecodeSegment segment, SourceFile file, MediaInfo info, MediaLimits limits, int threads)
    {
        string[] seek = segment.SeekTo is { } time ? ["-seek_timestamp", "1", "-noaccurate_seek", "-ss", time.ToString("0.######", CultureInfo.InvariantCulture)] : [];

        // Turning upright is ffmpeg's default; an angle that is no quarter turn is left alone.
        string[] turn = info.Rotation == 0 ? ["-noautorotate"] : [];
        return [.. FileArguments.Guards(file, limits, threads), .. seek, .. turn, "-i", file.Address];
    }

    // Positions in the wanted frames before which a jump skips the most frames.
    private static IEnumerable<int> Cuts(FrameTimes frames, int[] indices, int room)
        => Enumerable.Range(0, indices.Length)
            .Select(at => (At: at, Skip: frames.KeyBefore(indices[at]) - (at == 0 ? 0 : indices[at - 1] + 1)))
            .Where(cut => cut.Skip >= MinSkip)
            .OrderByDescending(cut => cut.Skip)
            .Take(room - 1)
            .Select(cut => cut.At)
            .Order();

    private static int Room(MediaInfo info, MediaLimits limits)
        => (int)Math.Clamp(limits.MaxMemory / MemoryShare / (info.CodedWidth * (long)info.CodedHeight * 3 / 2 * PicturesPerDecoder), 1, MaxSegments);

    // Aiming at the wanted frame itself could land on a later key frame that is stored before it (an open group of pictures),
    // from where it can't be decoded; so the jump aims at the key frame.
    private static DecodeSegment Segment(FrameTimes frames, int[] indices, bool seekable)
    {
        var key = seekable ? frames.KeyBefore(indices[0]) : -1;
        var jumps = key >= MinSkip && frames.ContainerTime(key) > 0;
        return new DecodeSegment(jumps ? frames.ContainerTime(key) : null, jumps ? key : 0, indices, indices[^1] + EndMargin >= frames.Count);
    }
}
