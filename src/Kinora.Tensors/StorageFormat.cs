namespace Kinora.Tensors;

/// <summary>How the numbers of a <see cref="Tensor"/> lie in memory.</summary>
public enum StorageFormat
{
    /// <summary>IEEE 754 binary32, 4 bytes a value. All activations on the CPU are of this format.</summary>
    F32,

    /// <summary>IEEE 754 binary16, 2 bytes a value.</summary>
    F16,

    /// <summary>The upper half of a binary32, 2 bytes a value.</summary>
    BF16,

    /// <summary>GGUF's Q8_0: blocks of 32 values along the last axis, a binary16 scale and 32 signed bytes (34 bytes).</summary>
    Q8_0,

    /// <summary>The blocks of <see cref="Q8_0"/> with sixteen rows laid together, as the byte products read matrices; missing rows of the last sixteen take room.</summary>
    Q8_0x16,

    /// <summary>GGUF's Q4_0 (blocks of 32 values along the last axis, a binary16 scale and 16 bytes of nibbles: 18 bytes) with sixteen rows laid together.</summary>
    Q4_0x16,
}
