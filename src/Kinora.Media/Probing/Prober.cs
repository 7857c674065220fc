namespace Kinora.Media;

/// <summary>Asks ffprobe about a file: one process, with or without the list of its packets.</summary>
internal sealed class Prober(MediaLimits limits, string program)
{
    private const string Entries =
        "stream=index,codec_name,pix_fmt,width,height,sample_aspect_ratio,color_space,color_range,avg_frame_rate,time_base,nb_frames,duration"
        + ":stream_disposition=default,attached_pic:stream_side_data=rotation:format=duration,start_time";

    // Recordings of a whole transponder have a few dozen.
    private const int MostStreams = 1000;

    private const string PacketEntries = "packet=stream_index,pts,duration,flags:";

    /// <summary>Reads the header.</summary>
    public async Task<MediaInfo> HeaderAsync(SourceFile file, CancellationToken cancellationToken)
        => Describe(file, await RunAsync(file, Entries, cancellationToken).ConfigureAwait(false));

    /// <summary>Reads the header and what the packets say about the chosen stream's frames.</summary>
    public async Task<(MediaInfo Info, FrameTimes Frames)> PacketsAsync(SourceFile file, CancellationToken cancellationToken)
    {
        var report = await RunAsync(file, PacketEntries + Entries, cancellationToken).ConfigureAwait(false);
        var info = Describe(file, report);
        return (info, report.Frames(info.StreamIndex, info.TimeBase, info.AverageRate.Value));
    }

    /// <summary>What a report says, within the limits.</summary>
    /// <exception cref="MediaException">No stream of pictures, or one beyond a limit.</exception>
    internal MediaInfo Describe(SourceFile file, ProbeReport report)
    {
        var info = StreamChoice.Describe(file, report);
        var problem = info switch
        {
            _ when (long)info.CodedWidth * info.CodedHeight > limits.MaxPixels
                => $"its frames have {info.CodedWidth}x{info.CodedHeight} pixels, more than the limit of {limits.MaxPixels}; reduce it {MediaLimits.Place(nameof(MediaLimits.MaxPixels))}.",
            { Duration: { } seconds } when seconds > limits.MaxDuration.TotalSeconds
                => $"it lasts {seconds:0} s, more than the limit of {limits.MaxDuration.TotalSeconds:0} s; cut it {MediaLimits.Place(nameof(MediaLimits.MaxDuration))}.",
            { TimeBase: { Numerator: <= 0 } or { Denominator: <= 0 } }
                => "its time stamps have no unit; convert it again.",
            _ => null,
        };
        return problem is null ? info : throw new MediaException(file.Path, problem);
    }

    private async Task<ProbeReport> RunAsync(SourceFile file, string entries, CancellationToken cancellationToken)
    {
        var report = new ProbeReport(limits.MaxFramesDecoded);
        var reason = new FailureReason(limits.MaxErrorBytes);
        string[] arguments =
        [
            "-hide_banner", "-loglevel", "error", .. FileArguments.Guards(file, limits, limits.Threads),
            "-select_streams", "v", "-show_entries", entries, "-of", "compact", file.Address,
        ];
        var exitCode = await LimitedProcess.RunAsync(
            file.Path,
            ToolPaths.Require(program),
            arguments,
            limits,
            (stream, token) => LineReader.ReadAsync(stream, limits.MaxLogBytes, line => Take(file, report, line), token),
            line => Note(reason, line),
            cancellationToken).ConfigureAwait(false);
        report.Reason = reason.Told();

        // A broken file may still yield its header and first packets: only one without any stream is given up.
        return exitCode == 0 || report.Streams.Count > 0 ? report : throw new MediaException(file.Path, reason.Describe(exitCode) + ".");
    }

    /// <summary>Takes a line of the report.</summary>
    internal void Take(SourceFile file, ProbeReport report, ReadOnlySpan<byte> line)
    {
        report.Add(line);

        // Said as soon as it is known: the rest of a bomb is not read.
        if (report.TooMany)
        {
            throw new MediaException(file.Path, $"it has more than {limits.MaxFramesDecoded} frames; cut it {MediaLimits.Place(nameof(MediaLimits.MaxFramesDecoded))}.");
        }

        if (report.Streams.Count > MostStreams)
        {
            throw new MediaException(file.Path, $"it has more than {MostStreams} streams of pictures; convert it again with one.");
        }
    }

    private static void Note(FailureReason reason, ReadOnlySpan<byte> line)
    {
        if (!line.IsEmpty)
        {
            reason.Add(line);
        }
    }
}
