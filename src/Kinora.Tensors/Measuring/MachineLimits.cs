using System.Diagnostics;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Measuring;

/// <summary>
/// The two limits that every kernel stands under (Williams, Waterman and Patterson, "Roofline", 2009), as this machine has them at
/// this moment: processors change their clock under load, so limits are worth most just before and after what is compared with them.
/// </summary>
public sealed unsafe class MachineLimits : IDisposable
{
    // Beyond any last-level cache that a laptop has.
    private const long LargestBuffer = 256L << 20;

    private readonly WorkerPool pool;
    private readonly TensorMemory buffer;

    /// <summary>Prepares measuring; the buffer is filled, which takes a moment.</summary>
    /// <param name="pool">The threads; by default one per processor.</param>
    /// <param name="instructionSet">The instruction set; by default the best.</param>
    /// <param name="bufferBytes">What <see cref="Read"/> passes over; should be well beyond the last-level cache.</param>
    /// <exception cref="PlatformNotSupportedException">This processor lacks the instruction set.</exception>
    public MachineLimits(WorkerPool? pool = null, InstructionSet? instructionSet = null, long bufferBytes = LargestBuffer)
    {
        this.pool = pool ?? WorkerPool.Shared;
        InstructionSet = instructionSet ?? KernelSet.Best.InstructionSet;
        if (InstructionSet > KernelSet.Best.InstructionSet)
        {
            throw new PlatformNotSupportedException($"This processor has no {InstructionSet} instructions.");
        }

        buffer = TensorMemory.Allocate(Math.Max(ReadLoop.ChunkBytes, bufferBytes), zeroed: true);
    }

    /// <summary>The instruction set that is measured.</summary>
    public InstructionSet InstructionSet { get; }

    /// <summary>Multiplications and additions per second, counted apart, that all threads reach together when no memory is touched.</summary>
    public double MultiplyAdd()
    {
        // About four milliseconds: the clock has no time to change, and the start of the threads weighs little.
        var chunks = pool.Threads * 512;
        var clock = Stopwatch.StartNew();
        switch (InstructionSet)
        {
            case InstructionSet.Avx512:
                Run<Simd512, System.Runtime.Intrinsics.Vector512<float>>(chunks);
                break;
            case InstructionSet.Avx2 or InstructionSet.AvxVnni:
                Run<Simd256, System.Runtime.Intrinsics.Vector256<float>>(chunks);
                break;
            case InstructionSet.Vector128:
                Run<Simd128, System.Runtime.Intrinsics.Vector128<float>>(chunks);
                break;
            default:
                Run<ScalarSimd, float>(chunks);
                break;
        }

        var width = InstructionSet switch { InstructionSet.Avx512 => Simd512.Width, InstructionSet.Avx2 or InstructionSet.AvxVnni => Simd256.Width, InstructionSet.Vector128 => Simd128.Width, _ => 1 };
        return (double)chunks * MultiplyAddLoop<ScalarSimd, float>.MultiplyAdds * 2 * width / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Bytes per second that all threads together read from memory.</summary>
    public double Read()
    {
        var chunks = (int)(buffer.Length / ReadLoop.ChunkBytes);
        var loop = new ReadLoop { Start = buffer.Pointer };
        var clock = Stopwatch.StartNew();
        pool.Run(chunks, ref loop);
        return (double)chunks * ReadLoop.ChunkBytes / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => buffer.Dispose();

    private void Run<TSimd, TVector>(int chunks)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        var loop = default(MultiplyAddLoop<TSimd, TVector>);
        pool.Run(chunks, ref loop);
    }
}
