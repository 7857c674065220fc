namespace Kinora.Media;

/// <summary>Reads videos, animations and pictures with the ffmpeg programs as limited child processes. Thread-safe.</summary>
public sealed class MediaReader
{
    // Two at a time keep two processors busy; more would only queue.
    private const int PicturesAtOnce = 2;

    private readonly MediaLimits limits;
    private readonly Prober prober;
    private readonly VideoDecoder videos;
    private readonly PictureDecoder pictures;

    /// <summary>Makes a reader; no program is started yet.</summary>
    /// <param name="limits">What one file may cost; the defaults if null.</param>
    /// <param name="ffmpeg">Path of the program; looked for on PATH if null.</param>
    /// <param name="ffprobe">Path of the program; looked for on PATH if null.</param>
    /// <exception cref="ArgumentException">A limit is unusable.</exception>
    public MediaReader(MediaLimits? limits = null, string? ffmpeg = null, string? ffprobe = null)
    {
        this.limits = (limits ?? MediaLimits.Default).Validated();
        prober = new Prober(this.limits, ffprobe ?? "ffprobe");
        videos = new VideoDecoder(this.limits, ffmpeg ?? "ffmpeg");
        pictures = new PictureDecoder(this.limits, ffmpeg ?? "ffmpeg");
    }

    /// <summary>Reads what a file's header says, with at most one process.</summary>
    /// <param name="path">A file, or a folder of pictures.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <exception cref="MediaException">The file can't be used; one line says why and what helps.</exception>
    public async Task<MediaInfo> ProbeAsync(string path, CancellationToken cancellationToken = default)
    {
        if (Directory.Exists(SourceFile.Absolute(path)))
        {
            var files = PicturesIn(path);
            var first = await ProbeAsync(files[0], cancellationToken).ConfigureAwait(false);
            return SequenceInfo(path, files.Count, first.Width, first.Height);
        }

        var file = SourceFile.Open(path);
        if (file.Container == Container.Png)
        {
            var header = await PictureDecoder.ReadHeaderAsync(file, cancellationToken).ConfigureAwait(false);
            return PictureInfo(file, header.Width, header.Height) with { Codec = "png" };
        }

        var info = await prober.HeaderAsync(file, cancellationToken).ConfigureAwait(false);

        // What EXIF says about turning is not applied to pictures, whatever the version of ffprobe makes of it.
        return info.Kind == MediaKind.Picture
            ? PictureInfo(file, info.CodedWidth, info.CodedHeight) with { Codec = info.Codec, PixelFormat = info.PixelFormat, ColourMatrix = info.ColourMatrix, ColourRange = info.ColourRange }
            : info;
    }

    /// <summary>Reads the wanted frames of a video, an animation, a picture or a folder of pictures.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="request">Which frames.</param>
    /// <param name="progress">Told now and then how far decoding is.</param>
    /// <param name="cancellationToken">Ends the processes; nothing of them stays.</param>
    /// <returns>The frames in the order of the request. Of a broken file, what could be decoded.</returns>
    /// <exception cref="MediaException">The file or the request can't be used; one line says why and what helps.</exception>
    public async Task<Clip> ReadAsync(string path, FrameRequest request, IProgress<DecodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Check(path, request);
        if (Directory.Exists(SourceFile.Absolute(path)))
        {
            return await ReadSequenceAsync(path, PicturesIn(path), request, progress, cancellationToken).ConfigureAwait(false);
        }

        var file = SourceFile.Open(path);
        if (file.Container.Kind == MediaKind.Picture)
        {
            var info = await ProbeAsync(path, cancellationToken).ConfigureAwait(false);
            var picture = await pictures.ReadAsync(file, cancellationToken).ConfigureAwait(false);
            return new Clip(info, [new ClipFrame(picture, 0, 0)]);
        }

        var (header, frames) = await prober.PacketsAsync(file, cancellationToken).ConfigureAwait(false);
        return await videos.ReadAsync(file, header, frames, request, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads several pictures as one sequence; they have no times and are counted one a second.</summary>
    /// <param name="paths">At least one picture file, in order; their sizes may differ.</param>
    /// <param name="request">Which of them.</param>
    /// <param name="progress">Told after every picture.</param>
    /// <param name="cancellationToken">Ends the processes.</param>
    /// <exception cref="MediaException">A file or the request can't be used.</exception>
    /// <exception cref="ArgumentException">No path.</exception>
    public Task<Clip> ReadPicturesAsync(IReadOnlyList<string> paths, FrameRequest request, IProgress<DecodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count == 0)
        {
            throw new ArgumentException("A sequence has at least one picture.", nameof(paths));
        }

        Check(paths[0], request);
        return ReadSequenceAsync(paths[0], paths, request, progress, cancellationToken);
    }

    /// <summary>Reads one picture as RGB; of a video or animation the first frame.</summary>
    /// <exception cref="MediaException">The file can't be used.</exception>
    public async Task<Picture> ReadPictureAsync(string path, CancellationToken cancellationToken = default)
    {
        var file = SourceFile.Open(path);
        if (file.Container.Kind != MediaKind.Video)
        {
            return await pictures.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        }

        var clip = await ReadAsync(path, new FrameRequest { Count = 1 }, null, cancellationToken).ConfigureAwait(false);
        return clip.Frames[0].Picture;
    }

    private async Task<Clip> ReadSequenceAsync(string path, IReadOnlyList<string> files, FrameRequest request, IProgress<DecodeProgress>? progress, CancellationToken cancellationToken)
    {
        var chosen = FrameSelector.ChoosePictures(path, files.Count, request, limits);
        var indices = chosen.Distinct().Order().ToArray();
        var read = new Picture[files.Count];
        var (done, bytes) = (0, 0L);
        var options = new ParallelOptions { MaxDegreeOfParallelism = PicturesAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(indices, options, async (index, token) =>
        {
            var file = SourceFile.Open(files[index]);
            if (file.Container.Kind == MediaKind.Video)
            {
                throw new MediaException(files[index], "this is a video among pictures; name it alone.");
            }

            read[index] = await pictures.ReadAsync(file, token).ConfigureAwait(false);
            if (Interlocked.Add(ref bytes, read[index].Pixels.LongLength) > limits.MaxDecodedBytes)
            {
                throw new MediaException(path, $"its pictures take more than the allowed {limits.MaxDecodedBytes} bytes; ask for fewer {MediaLimits.Place(nameof(MediaLimits.MaxDecodedBytes))}.");
            }

            progress?.Report(new DecodeProgress(Interlocked.Increment(ref done), indices.Length, done));
        }).ConfigureAwait(false);
        var first = read[indices[0]];
        return new Clip(SequenceInfo(path, files.Count, first.Width, first.Height), [.. chosen.Select(index => new ClipFrame(read[index], index, index))]);
    }

    private void Check(string path, FrameRequest request)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(request);
        if (request.Problem(limits) is { } problem)
        {
            throw new MediaException(path, problem);
        }
    }

    private static List<string> PicturesIn(string path)
    {
        try
        {
            var files = Directory.EnumerateFiles(SourceFile.Absolute(path)).Where(MediaExtensions.IsPicture).Order(NaturalOrder.Instance).ToList();
            return files.Count > 0 ? files : throw new MediaException(path, $"this folder holds no pictures ({string.Join(' ', MediaExtensions.Pictures)}); name a video or a folder with pictures.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(path, "this folder may not be read; change its permissions.", error);
        }
    }

    private static MediaInfo PictureInfo(SourceFile file, int width, int height)
        => Still(new MediaInfo { Path = file.Path, Kind = MediaKind.Picture, Container = file.Container.Name }, width, height, 1);

    private static MediaInfo SequenceInfo(string path, int count, int width, int height)
        => Still(new MediaInfo { Path = path, Kind = MediaKind.PictureSequence, Container = "pictures" }, width, height, count) with
        {
            AverageRate = new Rational(1, 1),
            TimeBase = new Rational(1, 1),
            Duration = count,
        };

    private static MediaInfo Still(MediaInfo info, int width, int height, int count) => info with
    {
        CodedWidth = width,
        CodedHeight = height,
        Width = width,
        Height = height,
        DisplayWidth = width,
        DisplayHeight = height,
        FrameCount = count,
    };
}
