namespace Kinora.Tensors;

/// <summary>The families of vector instructions that the kernels are built for, slowest first.</summary>
public enum InstructionSet
{
    /// <summary>One value at a time: the plain twin that every other variant is compared with.</summary>
    Scalar,

    /// <summary>128-bit vectors (ARM's AdvSimd, x86's SSE).</summary>
    Vector128,

    /// <summary>256-bit vectors with fused multiply-add (AVX2 and FMA).</summary>
    Avx2,

    /// <summary>As <see cref="Avx2"/>, and products of bytes with AVX-VNNI.</summary>
    AvxVnni,

    /// <summary>512-bit vectors (AVX-512 F, BW, DQ, VL), and products of bytes as the best of the sets before has them.</summary>
    Avx512,
}
