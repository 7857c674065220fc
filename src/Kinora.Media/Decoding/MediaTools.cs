using System.ComponentModel;
using System.Diagnostics;

namespace Kinora.Media;

/// <summary>The programs that reading media needs, as found on this machine.</summary>
/// <param name="Ffmpeg">Path and version of ffmpeg, or null.</param>
/// <param name="Ffprobe">Path and version of ffprobe, or null.</param>
/// <param name="Prlimit">Path of prlimit, which limits the decoder's memory and processor time, or null.</param>
public sealed record MediaTools(string? Ffmpeg, string? Ffprobe, string? Prlimit)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Looks for the programs and asks for their versions.</summary>
    public static async Task<MediaTools> InspectAsync(CancellationToken cancellationToken = default)
        => new(
            await VersionAsync("ffmpeg", cancellationToken).ConfigureAwait(false),
            await VersionAsync("ffprobe", cancellationToken).ConfigureAwait(false),
            ToolPaths.Find("prlimit"));

    private static Process? Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static async Task<string?> VersionAsync(string name, CancellationToken cancellationToken)
    {
        if (ToolPaths.Find(name) is not { } path)
        {
            return null;
        }

        using var process = Start(new ProcessStartInfo(path, ["-hide_banner", "-version"]) { RedirectStandardOutput = true, RedirectStandardError = true });
        if (process is null)
        {
            return $"{path}, which can't be started";
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            // "ffmpeg version 5.1.9-0+deb12u1 Copyright ..."
            const int Enough = 100;
            var start = new char[Enough];
            var length = await process.StandardOutput.ReadBlockAsync(start, timeout.Token).ConfigureAwait(false);
            var words = new string(start, 0, length).Split('\n')[0].Split(' ');
            return words.Length > 2 ? $"{path}, version {words[2]}" : $"{path}, which doesn't tell its version";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{path}, which doesn't answer";
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
