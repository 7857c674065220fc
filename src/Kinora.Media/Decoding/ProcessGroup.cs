using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kinora.Media;

/// <summary>Ends a child process with everything that it started.</summary>
internal static partial class ProcessGroup
{
    private const int KillSignal = 9;

    public static void Kill(Process process)
    {
        try
        {
            // The child leads its own group (setsid), so its number is the group's too; nothing happens if it has not got so far.
            if (!OperatingSystem.IsWindows())
            {
                _ = SendSignal(-process.Id, KillSignal);
            }

            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself in the meantime.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
