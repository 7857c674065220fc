using System.Runtime.InteropServices;
using Kinora.Tensors;

namespace Kinora.Models.Checkpoints;

/// <summary>Zeros that stand in for a missing tensor until all missing ones can be reported together.</summary>
/// <remarks>Taken with calloc, so that the system backs no page of it with real memory unless somebody writes.</remarks>
internal sealed unsafe class PlaceholderMemory : TensorMemory
{
    public PlaceholderMemory(long bytes)
    {
        Pointer = (byte*)NativeMemory.AllocZeroed((nuint)Math.Max(1, bytes));
        Length = bytes;
    }

    ~PlaceholderMemory() => Release();

    protected override void Release()
    {
        NativeMemory.Free(Pointer);
        Pointer = null;
    }
}
