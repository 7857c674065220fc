using System.IO.MemoryMappedFiles;
using Kinora.Tensors;
using Microsoft.Win32.SafeHandles;

namespace Kinora.Models.Checkpoints;

/// <summary>The bytes of a whole file, mapped read-only: the system loads pages as they are touched and may drop them again.</summary>
/// <remarks>There is no slack behind the last byte: a kernel that reads beyond a tensor's end may leave the mapping.</remarks>
internal sealed unsafe class MappedMemory : TensorMemory
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
}
