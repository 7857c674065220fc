using System.Globalization;
using Kinora.Media;
using Kinora.Toybox.Drawing;
using Kinora.Toybox.World;

namespace Kinora.Toybox.Clips;

/// <summary>Writes clips to disk; each appears whole or not at all. Thread-safe.</summary>
/// <param name="renderer">What draws them.</param>
/// <param name="ffmpeg">Path of the program; looked for on PATH if null.</param>
public sealed class ClipWriter(ClipRenderer renderer, string? ffmpeg = null)
{
    // Nearly without loss: the smallest toys are 28 pixels wide.
    private static readonly VideoFormat format = new(ClipPlan.Side, ClipPlan.Side, ClipPlan.FramesPerSecond) { ConstantRateFactor = 12 };

    private readonly VideoWriter videos = new(ffmpeg: ffmpeg);

    /// <summary>Writes a clip as an mp4: H.264, 128x128, 12 frames a second.</summary>
    /// <param name="plan">The clip.</param>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <param name="cancellationToken">Ends the encoder; nothing is left behind.</param>
    /// <exception cref="MediaException">The place can't be written to, or ffmpeg could not do it.</exception>
    public Task WriteVideoAsync(ClipPlan plan, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return videos.WriteAsync(path, format, plan.Frames, (frame, rgb) => renderer.Draw(plan, frame, rgb), cancellationToken);
    }

    /// <summary>Writes a clip as a folder of PNG files, 000.png for the first frame.</summary>
    /// <param name="plan">The clip.</param>
    /// <param name="folder">The folder; it must not be there yet.</param>
    /// <param name="cancellationToken">Ends the work; nothing is left behind.</param>
    /// <exception cref="WorldException">The place can't be written to, or something is there already.</exception>
    public async Task WriteFramesAsync(ClipPlan plan, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.Exists(full))
        {
            throw new WorldException(folder, "this is there already; name a new folder, or remove it.");
        }

        try
        {
            await WholeFile.MakeAsync(full, temporary => DrawAsync(plan, temporary, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or MediaException)
        {
            throw new WorldException(folder, "these frames can't be written here; check that the folder above exists, has room and may be written to.", error);
        }
    }

    private async Task DrawAsync(ClipPlan plan, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        for (var frame = 0; frame < plan.Frames; frame++)
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{frame:000}.png"));
            await PictureWriter.WritePngAsync(renderer.Frame(plan, frame), path, cancellationToken).ConfigureAwait(false);
        }
    }
}
