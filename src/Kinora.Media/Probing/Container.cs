namespace Kinora.Media;

/// <summary>One file format that is read, and the ffmpeg demuxer that reads it.</summary>
/// <param name="Demuxer">The only demuxer that ffmpeg may use for such a file.</param>
/// <param name="Kind">What such files hold.</param>
internal sealed record Container(string Demuxer, MediaKind Kind)
{
    /// <summary>Bytes from the start of a file that suffice to recognise it.</summary>
    public const int StartLength = 1024;

    public static readonly Container Png = new("png_pipe", MediaKind.Picture);

    private static readonly Container Jpeg = new("jpeg_pipe", MediaKind.Picture);
    private static readonly Container Bmp = new("bmp_pipe", MediaKind.Picture);
    private static readonly Container Tiff = new("tiff_pipe", MediaKind.Picture);
    private static readonly Container WebP = new("webp_pipe", MediaKind.Picture);
    private static readonly Container Gif = new("gif", MediaKind.Animation);
    private static readonly Container Mov = new("mov", MediaKind.Video);
    private static readonly Container Matroska = new("matroska", MediaKind.Video);
    private static readonly Container Avi = new("avi", MediaKind.Video);
    private static readonly Container Asf = new("asf", MediaKind.Video);
    private static readonly Container Flv = new("flv", MediaKind.Video);
    private static readonly Container MpegTs = new("mpegts", MediaKind.Video);
    private static readonly Container MpegPs = new("mpeg", MediaKind.Video);
    private static readonly Container MpegVideo = new("mpegvideo", MediaKind.Video);
    private static readonly Container Ogg = new("ogg", MediaKind.Video);

    /// <summary>The name that users see: <c>png</c> for <c>png_pipe</c>.</summary>
    public string Name => Demuxer.Replace("_pipe", "", StringComparison.Ordinal);

    /// <summary>Whether a seek by time lands on a key frame at or before it, by an index in the file.</summary>
    public bool SeeksByIndex => this == Mov || this == Matroska;

    /// <summary>
    /// Recognises a file by its first bytes. Text never matches: a playlist or a concat script under a video's name would make
    /// ffmpeg open other files.
    /// </summary>
    public static Container? Recognise(ReadOnlySpan<byte> start)
    {
        if (start.Length < 12)
        {
            return null;
        }

        if (PngDecoder.Recognises(start))
        {
            return Png;
        }

        return start switch
        {
            [0xFF, 0xD8, 0xFF, ..] => Jpeg,
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => Gif,
            [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => Tiff,
            [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..] => Bmp,
            [0x1A, 0x45, 0xDF, 0xA3, ..] => Matroska,
            [(byte)'F', (byte)'L', (byte)'V', 1, ..] => Flv,
            [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, ..] => Asf,
            [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] => Ogg,
            [0, 0, 1, 0xBA, ..] => MpegPs,
            [0, 0, 1, 0xB3, ..] => MpegVideo,
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'A', (byte)'V', (byte)'I', ..] => Avi,
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => WebP,
            _ when IsBaseMedia(start) => Mov,
            _ when IsTransport(start) => MpegTs,
            _ => null,
        };
    }

    private static bool IsBaseMedia(ReadOnlySpan<byte> start)
    {
        var type = start.Slice(4, 4);
        if (type.SequenceEqual("ftyp"u8))
        {
            // Still pictures in the same box format need another reader.
            var brand = start.Slice(8, 4);
            return !(brand.SequenceEqual("heic"u8) || brand.SequenceEqual("heix"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("avif"u8));
        }

        return type.SequenceEqual("moov"u8) || type.SequenceEqual("mdat"u8) || type.SequenceEqual("wide"u8) || type.SequenceEqual("free"u8)
            || type.SequenceEqual("skip"u8) || type.SequenceEqual("pnot"u8) || type.SequenceEqual("styp"u8) || type.SequenceEqual("moof"u8);
    }

    // Packets of 188 bytes start with the sync byte; recorders put four bytes of time in front.
    private static bool IsTransport(ReadOnlySpan<byte> start)
        => (start.Length > 188 && start[0] == 0x47 && start[188] == 0x47)
        || (start.Length > 196 && start[4] == 0x47 && start[196] == 0x47);
}
