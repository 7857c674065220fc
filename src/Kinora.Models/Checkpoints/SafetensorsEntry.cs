namespace Kinora.Models.Checkpoints;

/// <summary>One tensor in a safetensors file, as the header describes it.</summary>
/// <param name="Name">The key.</param>
/// <param name="Dtype">The number type.</param>
/// <param name="Shape">The extents, outermost first; empty for a scalar.</param>
/// <param name="Offset">The first byte, counted from the start of the file.</param>
/// <param name="Length">The number of bytes.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsDtype Dtype, int[] Shape, long Offset, long Length)
{
    /// <summary>The number of values: the product of the extents, 1 for a scalar.</summary>
    public long Count => Length / Dtype.Size();

    /// <summary>The shape as in the papers: <c>[32064, 4096]</c>.</summary>
    public string ShapeText => ShapeOf(Shape);

    internal static string ShapeOf(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]";
}
