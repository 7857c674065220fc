using System.Runtime.InteropServices;

namespace Kinora.Media;

/// <summary>What lies at a path, asked without opening it: opening a pipe would wait for a writer for ever.</summary>
internal static partial class FileType
{
    private const int CurrentFolder = -100;
    private const uint WantType = 1;
    private const int TypeBits = 0xF000;
    private const int RegularBits = 0x8000;
    private const int FolderBits = 0x4000;

    /// <summary>Whether this is neither a plain file nor a folder (after following links).</summary>
    public static unsafe bool IsSpecial(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return (File.GetAttributes(path) & FileAttributes.Device) != 0;
        }

        // struct statx has the same layout everywhere: 256 bytes, the 16-bit mode at byte 28.
        var status = stackalloc byte[256];
        if (StatX(CurrentFolder, path, 0, WantType, status) != 0)
        {
            return false;
        }

        var type = *(ushort*)(status + 28) & TypeBits;
        return type is not (RegularBits or FolderBits);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(int folder, string path, int flags, uint mask, byte* status);
}
