using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Kinora.Training.Runs;

/// <summary>Lets two directories exchange their names in one step: Linux's <c>renameat2</c> with RENAME_EXCHANGE.</summary>
internal static partial class DirectoryExchange
{
    private const int CurrentDirectory = -100;
    private const uint Exchange = 2;
    private const int InvalidArgument = 22;
    private const int NoSuchCall = 38;
    private const int NotSupported = 95;

    /// <returns>False where the system or the file system has no such step.</returns>
    public static bool Try(string first, string second)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            if (Rename(CurrentDirectory, first, CurrentDirectory, second, Exchange) == 0)
            {
                return true;
            }
        }
        catch (EntryPointNotFoundException)
        {
            // An older C library.
            return false;
        }

        var error = Marshal.GetLastPInvokeError();
        return error is InvalidArgument or NoSuchCall or NotSupported ? false : throw new IOException($"{new Win32Exception(error).Message} : '{second}'");
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Rename(int fromDirectory, string from, int toDirectory, string to, uint flags);
}
