namespace Kinora.Media;

/// <summary>
/// The decoders that may touch a file. Rare ones are left out on purpose: they are little tested and nobody's videos need them.
/// Names of both new and old ffmpeg versions; those that an ffmpeg lacks do no harm.
/// </summary>
internal static class CodecNames
{
    private static readonly string[] Video =
    [
        "h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d", "libaom-av1", "mpeg1video", "mpeg2video", "mpeg4",
        "msmpeg4v1", "msmpeg4v2", "msmpeg4", "wmv1", "wmv2", "wmv3", "vc1", "flv", "h261", "h263", "h263p", "vp6", "vp6f", "vp6a",
        "theora", "svq1", "svq3", "cinepak", "dvvideo", "mjpeg", "ffv1", "huffyuv", "ffvhuff", "utvideo", "prores", "dnxhd", "qtrle",
        "rawvideo",
    ];

    private static readonly string[] Pictures = ["mjpeg", "png", "bmp", "tiff", "webp", "gif"];

    // ffprobe opens every stream's decoder and gives up if one may not be used, although sound and texts are never decoded.
    private static readonly string[] Beside =
    [
        "aac", "aac_latm", "mp3float", "mp3", "mp2float", "mp2", "mp1float", "ac3", "eac3", "dca", "truehd", "opus", "libopus", "vorbis", "flac", "alac",
        "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_u8", "pcm_s8",
        "pcm_alaw", "pcm_mulaw", "pcm_bluray", "pcm_dvd", "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_swf", "wmav1", "wmav2", "wmapro", "wmalossless",
        "amrnb", "amrwb", "nellymoser", "speex", "libspeex", "qdm2", "movtext", "mov_text", "srt", "subrip", "ass", "ssa", "webvtt", "text", "dvdsub", "dvbsub",
        "pgssub", "cc_dec", "libzvbi_teletextdec",
    ];

    /// <summary>For probing and decoding files of a kind, as ffmpeg's <c>-codec_whitelist</c> takes it.</summary>
    public static string AllowedFor(MediaKind kind) => string.Join(',', kind switch
    {
        MediaKind.Video => [.. Video, .. Pictures, .. Beside],
        MediaKind.Animation => ["gif"],
        _ => Pictures,
    });
}
