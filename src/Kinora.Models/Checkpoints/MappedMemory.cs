using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Kinora.Tensors;
using Microsoft.Win32.SafeHandles;

namespace Kinora.Models.Checkpoints;

/// <summary>The bytes of a whole file, mapped read-only: the system loads pages as they are touched and may drop them again.</summary>
/// <remarks>There is no slack behind the last byte: a kernel that reads beyond a tensor's end may leave the mapping.</remarks>
internal sealed unsafe partial class MappedMemory : TensorMemory
{
    private MemoryMappedFile? file;
    private MemoryMappedViewAccessor? view;
    private readonly SafeFileHandle handle;

    /// <summary>Maps a file that isn't empty.</summary>
    public MappedMemory(FileStream stream)
    {
        Length = stream.Length;
        handle = stream.SafeFileHandle;
        file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        view = file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        byte* first = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);
        Pointer = first + view.PointerOffset;
    }

    /// <summary>Whether the file still has all its bytes: pages behind a new end would end the process when they are touched.</summary>
    public bool IsWhole => RandomAccess.GetLength(handle) >= Length;

    ~MappedMemory() => Release();

    /// <summary>Tells the system that whole pages in this stretch have been used: they leave this process, and come back from the file when they are touched.</summary>
    public void PutAside(long offset, long length)
    {
        const int DontNeed = 4; // MADV_DONTNEED
        if (!OperatingSystem.IsLinux() || Pointer == null)
        {
            return;
        }

        var page = (nuint)Environment.SystemPageSize;
        var first = ((nuint)(Pointer + offset) + page - 1) / page * page;
        var end = (nuint)(Pointer + offset + length) / page * page;
        if (end > first)
        {
            // Advice only: if it isn't taken, more memory stays in use and nothing else happens.
            _ = Advise((void*)first, end - first, DontNeed);
        }
    }

    protected override void Release()
    {
        if (Pointer == null)
        {
            return;
        }

        Pointer = null;
        view?.SafeMemoryMappedViewHandle.ReleasePointer();
        view?.Dispose();
        file?.Dispose();
        view = null;
        file = null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Advise(void* start, nuint length, int advice);
}
