namespace Kinora.Models.Weights;

/// <summary>How weights are kept in memory, as <c>--weights</c> says it.</summary>
public enum WeightFormat
{
    /// <summary>As the file has them, read from the mapped file.</summary>
    AsStored,

    /// <summary>Everything as 32-bit floats.</summary>
    F32,

    /// <summary>All matrices rounded to bfloat16.</summary>
    BF16,

    /// <summary>All matrices in blocks of 8-bit numbers; embeddings as stored.</summary>
    Q8_0,

    /// <summary>The decoder's matrices in blocks of 4-bit numbers, tower, connector and head in 8 bits; embeddings as stored.</summary>
    Q4_0,
}
