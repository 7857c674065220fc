using System.Diagnostics;

namespace Kinora.Media.Tests;

/// <summary>Makes small media files with the ffmpeg program.</summary>
internal static class Tool
{
    public static void Ffmpeg(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-nostdin", "-loglevel", "error", "-y", .. arguments]))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
