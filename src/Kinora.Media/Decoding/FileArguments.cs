using System.Globalization;

namespace Kinora.Media;

/// <summary>The options that keep ffmpeg and ffprobe to the one file they are given.</summary>
internal static class FileArguments
{
    /// <summary>Only local files, only the recognised container's demuxer, only known decoders, no giant pictures.</summary>
    public static string[] Guards(SourceFile file, MediaLimits limits, int threads) =>
    [
        "-protocol_whitelist", "file,pipe",
        "-format_whitelist", file.Container.Demuxer,
        "-codec_whitelist", CodecNames.AllowedFor(file.Container.Kind),
        "-max_pixels", limits.MaxPixels.ToString(CultureInfo.InvariantCulture),
        "-threads", threads.ToString(CultureInfo.InvariantCulture),
        "-f", file.Container.Demuxer,
    ];
}
