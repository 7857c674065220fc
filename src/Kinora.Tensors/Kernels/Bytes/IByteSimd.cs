namespace Kinora.Tensors.Kernels.Bytes;

/// <summary>
/// What a product of bytes needs of an instruction set. A register holds one 32-bit number per weight row: four bytes of the row
/// when loaded, a sum when accumulated. Sums are exact in every implementation.
/// </summary>
/// <typeparam name="TInts">The register type: <see cref="int"/> or a vector of them.</typeparam>
/// <typeparam name="TFloats">The register of as many floats; its <see cref="ISimd{TVector}"/> says how many, and prefetches.</typeparam>
internal unsafe interface IByteSimd<TInts, TFloats>
    where TInts : struct
    where TFloats : struct
{
    static abstract TInts Load(byte* source);

    /// <summary>Four bytes of x in every row's place.</summary>
    static abstract TInts Broadcast(int bytes);

    /// <summary>The lower and the upper halves of all bytes.</summary>
    static abstract TInts Low(TInts bytes);

    static abstract TInts High(TInts bytes);

    /// <summary>What 8-bit weights (stored plus 128) are turned into once, before they meet several rows of x.</summary>
    static abstract TInts Prepare(TInts weights, out TInts magnitudes);

    /// <summary>The start of a block's sum, given the sum of the block's x.</summary>
    static abstract TInts Start8(int sum);

    static abstract TInts Multiply8(TInts weights, TInts magnitudes, TInts x, TInts sums);

    static abstract TInts Start4(int sum);

    /// <summary>Adds products of halves (0 to 15); at most eight times between start and <see cref="Finish4"/>.</summary>
    static abstract TInts Multiply4(TInts halves, TInts x, TInts sums);

    static abstract TInts Finish4(TInts sums, int sum);

    static abstract TFloats ToFloats(TInts sums);

    /// <summary>Rounds 32 floats to bytes by a common factor: round(x * factor), ties to even.</summary>
    static abstract void Round(float* x, float factor, sbyte* bytes, out int sum);

    /// <summary>The largest magnitude of 32 floats; anything that is no finite number makes it infinite or NaN.</summary>
    static abstract float Largest(float* x);
}
