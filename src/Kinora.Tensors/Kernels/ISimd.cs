namespace Kinora.Tensors.Kernels;

/// <summary>
/// What a kernel needs of an instruction set. Kernels are written once against this; the JIT compiles them anew for each
/// implementation, whose methods it inlines to single instructions.
/// </summary>
/// <typeparam name="TVector">The register type: <see cref="float"/> or a vector of floats.</typeparam>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    static abstract InstructionSet InstructionSet { get; }

    static abstract bool IsSupported { get; }

    /// <summary>Values per register.</summary>
    static abstract int Width { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector value, float* destination);

    static abstract TVector Broadcast(float value);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>left * right + addend, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    static abstract TVector SquareRoot(TVector value);

    static abstract TVector Max(TVector left, TVector right);

    static abstract TVector Min(TVector left, TVector right);

    /// <summary>2^n for the integer n that lies in the low bits of 1.5 * 2^23 + n.</summary>
    static abstract TVector PowerOfTwo(TVector shifted);

    static abstract float Sum(TVector value);

    static abstract float MaxElement(TVector value);

    /// <summary>Width binary16 numbers, widened exactly.</summary>
    static abstract TVector LoadHalf(ushort* source);

    /// <summary>Width bfloat16 numbers, widened exactly.</summary>
    static abstract TVector LoadBFloat16(ushort* source);

    /// <summary>Width signed bytes as floats.</summary>
    static abstract TVector LoadSignedBytes(sbyte* source);

    /// <summary>Asks for the cache line that holds this address.</summary>
    static abstract void Prefetch(void* address);
}
