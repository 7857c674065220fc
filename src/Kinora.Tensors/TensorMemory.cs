using System.Runtime.InteropServices;

namespace Kinora.Tensors;

/// <summary>A stretch of unmanaged bytes that tensors lie in: allocated here, or mapped from a file by a subclass.</summary>
public abstract unsafe class TensorMemory : IDisposable
{
    /// <summary>The first byte; null after disposal.</summary>
    public byte* Pointer { get; protected set; }

    /// <summary>The number of bytes.</summary>
    public long Length { get; protected init; }

    /// <summary>Allocates bytes at a 64-byte boundary.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="zeroed">Whether they are set to zero; if not, pages that are never touched cost no memory.</param>
    /// <exception cref="OutOfMemoryException">The system gave no memory.</exception>
    public static TensorMemory Allocate(long bytes, bool zeroed = true) => new NativeTensorMemory(bytes, zeroed);

    /// <summary>Gives the bytes back. Tensors that lie in them must not be used any more.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the bytes back; called once or more.</summary>
    protected abstract void Release();

    private sealed class NativeTensorMemory : TensorMemory
    {
        private const int Alignment = 64;

        public NativeTensorMemory(long bytes, bool zeroed)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(bytes);
            var size = checked((nuint)bytes + Alignment);
            Pointer = (byte*)NativeMemory.AlignedAlloc(size, Alignment);
            if (zeroed)
            {
                NativeMemory.Clear(Pointer, size);
            }

            Length = bytes;
            if (bytes > 0)
            {
                GC.AddMemoryPressure(bytes);
            }
        }

        ~NativeTensorMemory() => Release();

        protected override void Release()
        {
            if (Pointer == null)
            {
                return;
            }

            NativeMemory.AlignedFree(Pointer);
            Pointer = null;
            if (Length > 0)
            {
                GC.RemoveMemoryPressure(Length);
            }
        }
    }
}
