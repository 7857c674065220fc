using System.Globalization;

namespace Kinora.Media;

/// <summary>Writes videos with the ffmpeg program as a limited child process: H.264 in mp4, as every player knows it. Thread-safe.</summary>
public sealed class VideoWriter
{
    private readonly MediaLimits limits;
    private readonly string program;

    /// <summary>Makes a writer; no program is started yet.</summary>
    /// <param name="limits">What one file may cost; the defaults if null.</param>
    /// <param name="ffmpeg">Path of the program; looked for on PATH if null.</param>
    /// <exception cref="ArgumentException">A limit is unusable.</exception>
    public VideoWriter(MediaLimits? limits = null, string? ffmpeg = null)
    {
        this.limits = (limits ?? MediaLimits.Default).Validated();
        program = ffmpeg ?? "ffmpeg";
    }

    /// <summary>Writes an mp4; the file appears whole or not at all.</summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <param name="format">Size, rate and quality.</param>
    /// <param name="frames">Number of frames, at least 1.</param>
    /// <param name="draw">Fills the memory of a frame, [height, width, 3], given its number.</param>
    /// <param name="cancellationToken">Ends the program; nothing is left behind, an older file of that name stays.</param>
    /// <exception cref="MediaException">The place can't be written to, or ffmpeg could not do it; one line says why and what helps.</exception>
    public async Task WriteAsync(string path, VideoFormat format, int frames, FrameDrawer draw, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(draw);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        if (PlainFile.ReplacesDevice(path))
        {
            throw new MediaException(path, "this is a pipe, socket or device; name a file.");
        }

        try
        {
            await WholeFile.MakeAsync(path, temporary => EncodeAsync(path, temporary, format, frames, draw, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(path, "this video can't be written here; check that the folder exists, has room and may be written to.", error);
        }
    }

    private async Task EncodeAsync(string path, string temporary, VideoFormat format, int frames, FrameDrawer draw, CancellationToken cancellationToken)
    {
        // Found out here, since ffmpeg would only say it in words of its own.
        await File.WriteAllBytesAsync(temporary, [], cancellationToken).ConfigureAwait(false);
        var reason = new EncodingFailure(limits.MaxErrorBytes);
        var exitCode = await LimitedProcess.RunAsync(
            path,
            ToolPaths.Require(program),
            Arguments(format, temporary),
            limits,
            (stream, token) => stream.CopyToAsync(Stream.Null, token),
            reason.Add,
            cancellationToken,
            (stream, token) => FeedAsync(stream, path, format, frames, draw, token)).ConfigureAwait(false);
        if (exitCode != 0)
        {
            throw new MediaException(path, reason.Describe(exitCode));
        }
    }

    private static async Task FeedAsync(Stream stream, string path, VideoFormat format, int frames, FrameDrawer draw, CancellationToken cancellationToken)
    {
        var frame = new byte[checked(format.Width * format.Height * 3)];
        for (var number = 0; number < frames; number++)
        {
            try
            {
                draw(number, frame);
            }
            catch (IOException error)
            {
                // Else it would be taken for the encoder's end of the pipe, and the clip would come out short.
                throw new MediaException(path, $"frame {number} can't be drawn ({error.Message}).", error);
            }

            await stream.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string[] Arguments(VideoFormat format, string path) =>
    [
        "-hide_banner", "-nostats", "-loglevel", "error", "-y",
        "-protocol_whitelist", "file,pipe",
        "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-video_size", string.Create(CultureInfo.InvariantCulture, $"{format.Width}x{format.Height}"),
        "-framerate", format.FramesPerSecond.ToString(CultureInfo.InvariantCulture),
        "-i", "pipe:0",
        "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact",
        "-c:v", "libx264", "-crf", format.ConstantRateFactor.ToString(CultureInfo.InvariantCulture), "-pix_fmt", "yuv420p",
        "-threads", format.Threads.ToString(CultureInfo.InvariantCulture),
        "-movflags", "+faststart",
        "-f", "mp4", $"file:{path}",
    ];
}
