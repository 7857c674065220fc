using System.Globalization;
using System.Text;

namespace Kinora.Media;

/// <summary>What one ffmpeg process is to deliver.</summary>
/// <param name="Frames">The frames as far as they are known.</param>
/// <param name="Indices">The wanted ones, ascending, each once.</param>
/// <param name="SeekTo">Container time of the key frame to jump to first; null to start at the beginning.</param>
/// <param name="StopsEarly">Whether to stop after the last wanted frame.</param>
/// <param name="ByStamp">Whether frames are told by time stamp; else by number, which only works without a jump.</param>
internal sealed record DecodePlan(FrameTimes Frames, int[] Indices, double? SeekTo, bool StopsEarly, bool ByStamp)
{
    // Jumping costs a second process when it fails, so it must promise some gain.
    private const double SeekWorthSeconds = 5;

    // If the last wanted frame is this near to the end, the end is decoded too: that proves the count of frames.
    private const int EndMargin = 32;

    // Above this many terms, long time stamps could exceed the length that the system allows for one argument.
    private const int MaxStampTerms = 2000;

    // A run of comparisons this short costs less than another branch.
    private const int LeafLength = 4;

    /// <summary>The cheapest way, relying on the frames that the packets promise.</summary>
    public static DecodePlan Fast(FrameTimes frames, int[] indices, bool seekable)
    {
        var byStamp = frames.StampsAreUnique && indices.Length <= MaxStampTerms;
        var stopsEarly = indices[^1] + EndMargin < frames.Count;
        return new DecodePlan(frames, indices, byStamp && seekable ? KeyTime(frames, indices[0]) : null, stopsEarly, byStamp);
    }

    // The time of the last key frame at or before a frame. Aiming at the frame itself could land on a later key frame that is
    // stored before it (an open group of pictures), from where it can't be decoded.
    private static double? KeyTime(FrameTimes frames, int index)
    {
        var key = frames.KeyStamps.Where(stamp => stamp <= frames.Stamps[index]).Select(stamp => frames.Find(stamp)).LastOrDefault(-1);
        return key >= 0 && frames[key] > SeekWorthSeconds && frames.ContainerTime(key) > 0 ? frames.ContainerTime(key) : null;
    }

    /// <summary>The way that relies on nothing: everything is decoded, frames are told by number.</summary>
    public static DecodePlan Full(FrameTimes frames, int[] indices) => new(frames, indices, null, false, false);

    /// <summary>The whole ffmpeg command line.</summary>
    public string[] Arguments(SourceFile file, MediaInfo info, MediaLimits limits)
    {
        string[] seek = SeekTo is { } time ? ["-seek_timestamp", "1", "-noaccurate_seek", "-ss", time.ToString("0.######", CultureInfo.InvariantCulture)] : [];

        // Turning upright is ffmpeg's default; an angle that is no quarter turn is left alone.
        string[] turn = info.Rotation == 0 ? ["-noautorotate"] : [];
        string[] stop = StopsEarly ? ["-frames:v", Indices.Length.ToString(CultureInfo.InvariantCulture)] : [];
        return
        [
            "-nostdin", "-hide_banner", "-nostats", "-loglevel", "repeat+level+info", .. FileArguments.Guards(file, limits),
            "-copyts", .. seek, .. turn, "-i", file.Address,
            "-map", $"0:{info.StreamIndex}", "-an", "-sn", "-dn",
            "-vf", $"{FrameLog.Filter},select='{Expression()}',scale={info.Width}:{info.Height}:flags=bicubic,format=rgb24",
            "-fps_mode", "passthrough", .. stop, "-f", "rawvideo", "pipe:1",
        ];
    }

    /// <summary>A binary tree of comparisons, so that thousands of wanted frames cost a handful of comparisons per decoded frame.</summary>
    private string Expression()
    {
        var name = ByStamp ? "pts" : "n";
        long[] numbers = ByStamp ? [.. Indices.Select(i => Frames.Stamps[i]!.Value)] : [.. Indices.Select(i => (long)i)];
        var text = new StringBuilder();
        Append(text, name, numbers);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, ReadOnlySpan<long> numbers)
    {
        if (numbers.Length > LeafLength)
        {
            var middle = numbers.Length / 2;
            text.Append(CultureInfo.InvariantCulture, $"if(lt({name},{numbers[middle]}),");
            Append(text, name, numbers[..middle]);
            text.Append(',');
            Append(text, name, numbers[middle..]);
            text.Append(')');
            return;
        }

        for (var at = 0; at < numbers.Length; at++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(at == 0 ? "" : "+")}eq({name},{numbers[at]})");
        }
    }
}
