using System.Runtime.InteropServices;

namespace Kinora.Tensors.Tests;

/// <summary>Bytes whose end is the end of their last page, with a page behind it that nobody may read: what follows a mapped file. Ordinary memory on Windows.</summary>
internal sealed unsafe partial class GuardedMemory : TensorMemory
{
    private readonly nint mapping;
    private readonly nint size;

    private GuardedMemory(long bytes)
    {
        var page = Environment.SystemPageSize;
        var used = (nint)((bytes + page - 1) / page * page);
        size = used + page;
        mapping = Map(0, size, protection: 3, flags: OperatingSystem.IsMacOS() ? 0x1002 : 0x22, -1, 0);
        Assert.NotEqual(-1, mapping);
        Assert.Equal(0, Protect(mapping + used, page, protection: 0));
        Length = bytes;
        Pointer = (byte*)(mapping + used - (nint)bytes);
    }

    /// <summary>A copy of a tensor that ends where memory ends.</summary>
    public static Tensor Copy(Tensor source)
    {
        var memory = OperatingSystem.IsWindows() ? TensorMemory.Allocate(source.Bytes) : new GuardedMemory(source.Bytes);
        Buffer.MemoryCopy(source.Pointer, memory.Pointer, source.Bytes, source.Bytes);
        return new Tensor(source.Shape, source.Format, memory);
    }

    ~GuardedMemory() => Release();

    protected override void Release()
    {
        if (Pointer != null)
        {
            Pointer = null;
            _ = Unmap(mapping, size);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);
}
