using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Kinora.Training.Runs;

/// <summary>Waits until the disk has the names in a directory, for which .NET has no call. Windows keeps them by itself.</summary>
internal static partial class DirectorySync
{
    // Some file systems can't sync a directory and say so with these.
    private const int InvalidArgument = 22;
    private const int NotSupportedOnLinux = 95;

    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // 0 is O_RDONLY on every system; the descriptor lives shorter than any child process could be started by us.
        var descriptor = Open(path, 0);
        if (descriptor < 0)
        {
            throw Failed(path);
        }

        try
        {
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() is not (InvalidArgument or NotSupportedOnLinux))
            {
                throw Failed(path);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failed(string path) => new($"{new Win32Exception(Marshal.GetLastPInvokeError()).Message} : '{path}'");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
