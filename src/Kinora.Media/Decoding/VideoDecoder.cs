namespace Kinora.Media;

/// <summary>Gets the wanted frames of a video out of one ffmpeg process, and a second one only if the file was not what its packets promised.</summary>
internal sealed class VideoDecoder(MediaLimits limits, string program)
{
    private const int ProgressStep = 16;

    /// <summary>Decodes the frames that a request wants.</summary>
    public async Task<Clip> ReadAsync(
        SourceFile file,
        MediaInfo info,
        FrameTimes promised,
        FrameRequest request,
        IProgress<DecodeProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (promised.Count == 0)
        {
            throw new MediaException(file.Path, "it holds no pictures, the file is cut short; copy it again.");
        }

        var rate = info.AverageRate.Value;
        var chosen = FrameSelector.Choose(file.Path, promised, request, rate, limits);
        var plan = DecodePlan.Fast(promised, Ascending(chosen), file, info, limits);
        var decoded = await RunAsync(file, info, plan, progress, cancellationToken).ConfigureAwait(false);
        var frames = plan.IsComplete ? RequireAny(file, decoded) : promised;

        // The decoder's own list counts. If this run didn't see the promised frames, the next one goes through all of them by
        // number; if that one did not choose from what it then saw, a last one does.
        for (var attempt = 0; attempt < 2 && !Kept(plan, decoded); attempt++)
        {
            chosen = FrameSelector.Choose(file.Path, frames, request, rate, limits);
            plan = DecodePlan.Full(frames, Ascending(chosen));
            decoded = await RunAsync(file, info, plan, progress, cancellationToken).ConfigureAwait(false);
            frames = RequireAny(file, decoded);
        }

        return Kept(plan, decoded)
            ? Assemble(info with { FrameCount = frames.Count }, frames, chosen, plan, decoded)
            : throw new MediaException(file.Path, "it is damaged so that each decoding gives other frames; convert it again.");
    }

    // Whether a run delivered what was wanted, and the frames it saw are those that the choice was made from.
    private static bool Kept(DecodePlan plan, DecodedFrames decoded)
        => decoded.Pictures.Count == plan.Indices.Length && !decoded.Surplus
        && plan.Segments.Zip(decoded.Seen).All(pair => pair.First.Matches(plan.Frames, pair.Second));

    private static FrameTimes RequireAny(SourceFile file, DecodedFrames decoded)
        => decoded.Seen[0].Count > 0 ? decoded.Seen[0] : throw new MediaException(file.Path, "none of its pictures could be decoded; copy the file again.");

    private static int[] Ascending(int[] chosen) => [.. chosen.Distinct().Order()];

    private static Clip Assemble(MediaInfo info, FrameTimes frames, int[] chosen, DecodePlan plan, DecodedFrames decoded)
    {
        var pictures = plan.Indices.Zip(decoded.Pictures).ToDictionary(p => p.First, p => p.Second);
        return new Clip(
            info,
            [.. chosen.Select(index => new ClipFrame(pictures[index], frames[index], index) { ContainerTime = frames.ContainerTime(index) })],
            decoded.Errors);
    }

    private async Task<DecodedFrames> RunAsync(SourceFile file, MediaInfo info, DecodePlan plan, IProgress<DecodeProgress>? progress, CancellationToken cancellationToken)
    {
        var bytes = info.Width * info.Height * 3L;
        if (bytes * plan.Indices.Length > limits.MaxDecodedBytes)
        {
            throw new MediaException(file.Path, $"{plan.Indices.Length} frames of {info.Width}x{info.Height} take more than the allowed {limits.MaxDecodedBytes} bytes; ask for fewer {MediaLimits.Place(nameof(MediaLimits.MaxDecodedBytes))}.");
        }

        var pictures = new List<Picture>(plan.Indices.Length);
        var surplus = false;
        var reason = new FailureReason(limits.MaxErrorBytes);
        var expected = plan.ExpectedFrames;
        var log = new FrameLog(plan.Segments.Length, reason, count =>
        {
            if (count > limits.MaxFramesDecoded)
            {
                throw new MediaException(file.Path, $"it has more than {limits.MaxFramesDecoded} frames; cut it {MediaLimits.Place(nameof(MediaLimits.MaxFramesDecoded))}.");
            }

            if (count % ProgressStep == 0)
            {
                progress?.Report(new DecodeProgress(count, Math.Max(count, expected), pictures.Count));
            }
        });
        var exitCode = await LimitedProcess.RunAsync(
            file.Path,
            ToolPaths.Require(program),
            plan.Arguments(file, info, limits),
            limits,
            async (stream, token) => surplus = await ReadPicturesAsync(stream, info, plan.Indices.Length, pictures, token).ConfigureAwait(false),
            log.Add,
            cancellationToken).ConfigureAwait(false);
        var jumped = plan.Segments.Length > 1;
        if (jumped && exitCode != 0)
        {
            // Several decoders at once may have needed more memory than allowed: the next run has only one.
            pictures.Clear();
        }
        else if (reason.IsLimit(exitCode) || log.Count == 0)
        {
            throw new MediaException(file.Path, reason.Describe(exitCode) + ".");
        }

        progress?.Report(new DecodeProgress(log.Count, Math.Max(log.Count, expected), pictures.Count));
        var timeBase = log.TimeBase.Denominator > 0 ? log.TimeBase : info.TimeBase;
        return new DecodedFrames(pictures, [.. log.Stamps.Select(stamps => new FrameTimes(stamps, timeBase, info.AverageRate.Value, 0))], surplus, reason.Errors);
    }

    private async Task<bool> ReadPicturesAsync(Stream stream, MediaInfo info, int count, List<Picture> pictures, CancellationToken cancellationToken)
    {
        var length = checked(info.Width * info.Height * 3);
        while (pictures.Count < count)
        {
            var pixels = GC.AllocateUninitializedArray<byte>(length);
            if (await stream.ReadAtLeastAsync(pixels, length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < length)
            {
                return false;
            }

            pictures.Add(new Picture(info.Width, info.Height, 3, pixels));
        }

        return await DrainAsync(stream, limits.MaxDecodedBytes - ((long)count * length), cancellationToken).ConfigureAwait(false) > 0;
    }

    private static async Task<long> DrainAsync(Stream stream, long budget, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        var total = 0L;
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            total += count;
            if (total > budget)
            {
                throw new ByteBudgetException();
            }
        }

        return total;
    }
}
