namespace Kinora.Media;

/// <summary>
/// Reads still pictures. PNG is read here; everything else comes out of one ffmpeg process as a PNG of the stored pixel format, so
/// that no sample is scaled on the way.
/// </summary>
internal sealed class PictureDecoder(MediaLimits limits, string program)
{
    /// <summary>The first picture of a file as RGB, as stored: EXIF turns are not applied, alpha is dropped.</summary>
    public async Task<Picture> ReadAsync(SourceFile file, CancellationToken cancellationToken)
    {
        var png = file.Container == Container.Png
            ? await ReadFileAsync(file, cancellationToken).ConfigureAwait(false)
            : await ConvertAsync(file, cancellationToken).ConfigureAwait(false);
        return PngDecoder.Decode(file.Path, png, limits).ToPicture().ToRgb();
    }

    /// <summary>The header of a PNG.</summary>
    public static async Task<PngHeader> ReadHeaderAsync(SourceFile file, CancellationToken cancellationToken)
    {
        var start = new byte[Container.StartLength];
        using var handle = File.OpenHandle(file.FullPath);
        var length = await RandomAccess.ReadAsync(handle, start, 0, cancellationToken).ConfigureAwait(false);
        return PngDecoder.ReadHeader(file.Path, start.AsSpan(0, length));
    }

    private async Task<byte[]> ReadFileAsync(SourceFile file, CancellationToken cancellationToken)
    {
        try
        {
            return new FileInfo(file.FullPath).Length <= Math.Min(limits.MaxDecodedBytes, Array.MaxLength)
                ? await File.ReadAllBytesAsync(file.FullPath, cancellationToken).ConfigureAwait(false)
                : throw new MediaException(file.Path, $"this picture's file is larger than {limits.MaxDecodedBytes} bytes; reduce it {MediaLimits.Place(nameof(MediaLimits.MaxDecodedBytes))}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(file.Path, "this picture can't be read from its disk; check that it still exists.", error);
        }
    }

    private async Task<byte[]> ConvertAsync(SourceFile file, CancellationToken cancellationToken)
    {
        using var png = new MemoryStream();
        var reason = new FailureReason(limits.MaxErrorBytes);
        string[] arguments =
        [
            "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", .. FileArguments.Guards(file, limits, limits.Threads), "-noautorotate", "-i", file.Address,
            "-map", "0:v:0", "-an", "-sn", "-dn", "-frames:v", "1", "-sws_flags", "bicubic+accurate_rnd+full_chroma_int",
            "-c:v", "png", "-compression_level", "1", "-f", "image2pipe", "pipe:1",
        ];
        var exitCode = await LimitedProcess.RunAsync(
            file.Path,
            ToolPaths.Require(program),
            arguments,
            limits,
            (stream, token) => CopyAsync(stream, png, token),
            line => AddLine(reason, line),
            cancellationToken).ConfigureAwait(false);
        return png.Length > 0 && !reason.IsLimit(exitCode) ? png.ToArray() : throw new MediaException(file.Path, reason.Describe(exitCode) + ".");
    }

    private static void AddLine(FailureReason reason, ReadOnlySpan<byte> line)
    {
        if (!line.IsEmpty)
        {
            reason.Add(line);
        }
    }

    private async Task CopyAsync(Stream from, MemoryStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        while (await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            if (to.Length + count > Math.Min(limits.MaxDecodedBytes, Array.MaxLength))
            {
                throw new ByteBudgetException();
            }

            to.Write(buffer, 0, count);
        }
    }
}
