using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using System.Runtime.Intrinsics;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Measuring;

/// <summary>Reads memory as fast as it comes, a stretch per chunk.</summary>
internal unsafe struct ReadLoop : IParallelWork
{
    public const int ChunkBytes = 1 << 20;

    public byte* Start;
    private long sink;

    [MethodImpl(Jit.Kernel)]
    public void Execute(int chunk)
    {
        var source = Start + ((long)chunk * ChunkBytes);
        var (s0, s1, s2, s3) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
        for (var offset = 0; offset < ChunkBytes; offset += 4 * Vector256<byte>.Count)
        {
            var at = source + offset;
            s0 |= Vector256.Load(at).AsInt32();
            s1 |= Vector256.Load(at + 32).AsInt32();
            s2 |= Vector256.Load(at + 64).AsInt32();
            s3 |= Vector256.Load(at + 96).AsInt32();
        }

        // The buffer holds zeros; the compiler can't know.
        if ((s0 | s1 | s2 | s3) != Vector256<int>.Zero)
        {
            sink++;
        }
    }
}
