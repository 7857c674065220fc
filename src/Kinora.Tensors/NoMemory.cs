namespace Kinora.Tensors;

/// <summary>So many bytes, but none of them there.</summary>
internal sealed class NoMemory : TensorMemory
{
    public NoMemory(long bytes) => Length = bytes;

    protected override void Release()
    {
    }
}
