using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Measuring;

/// <summary>Twelve independent chains of fused multiply-adds in registers: more than the latency times the width of any processor asks for.</summary>
internal struct MultiplyAddLoop<TSimd, TVector> : IParallelWork
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Multiply-adds of one register that a chunk does.</summary>
    public const int MultiplyAdds = 12 * Iterations;

    private const int Iterations = 4096;

    private byte filler; // a struct of no size can't be passed by address

    [MethodImpl(Jit.Kernel)]
    public void Execute(int chunk)
    {
        // Every chain runs towards 1, far from numbers that slow a processor down.
        var factor = TSimd.Broadcast(0.5f);
        var addend = TSimd.Broadcast(0.5f);
        var c0 = TSimd.Broadcast(chunk);
        var (c1, c2, c3, c4, c5) = (c0, c0, c0, c0, c0);
        var (c6, c7, c8, c9, c10, c11) = (c0, c0, c0, c0, c0, c0);
        for (var i = 0; i < Iterations; i++)
        {
            c0 = TSimd.MultiplyAdd(c0, factor, addend);
            c1 = TSimd.MultiplyAdd(c1, factor, addend);
            c2 = TSimd.MultiplyAdd(c2, factor, addend);
            c3 = TSimd.MultiplyAdd(c3, factor, addend);
            c4 = TSimd.MultiplyAdd(c4, factor, addend);
            c5 = TSimd.MultiplyAdd(c5, factor, addend);
            c6 = TSimd.MultiplyAdd(c6, factor, addend);
            c7 = TSimd.MultiplyAdd(c7, factor, addend);
            c8 = TSimd.MultiplyAdd(c8, factor, addend);
            c9 = TSimd.MultiplyAdd(c9, factor, addend);
            c10 = TSimd.MultiplyAdd(c10, factor, addend);
            c11 = TSimd.MultiplyAdd(c11, factor, addend);
        }

        var sum = TSimd.Add(TSimd.Add(TSimd.Add(c0, c1), TSimd.Add(c2, c3)), TSimd.Add(TSimd.Add(c4, c5), TSimd.Add(c6, c7)));
        sum = TSimd.Add(sum, TSimd.Add(TSimd.Add(c8, c9), TSimd.Add(c10, c11)));

        // Never so, but the compiler can't know: the chains must be computed.
        if (float.IsNaN(TSimd.Sum(sum)))
        {
            filler++;
        }
    }
}
