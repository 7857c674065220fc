using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>The gradients of a normalisation. Each chunk sums the weight's gradient of its rows apart; how rows divide into chunks depends on the shape alone, so that the sum doesn't depend on the threads.</summary>
internal unsafe struct NormGradient : IParallelWork
{
    private const int MostChunks = 16;

    public float* X;
    public float* Weight;
    public bool Centered;
    public float* Dy;
    public float* Dx;
    public bool Accumulate;
    public int Rows;
    public int Length;
    public float Epsilon;
    public int KernelIndex;

    private float* partial;
    private int rowsPerChunk;

    /// <summary>Computes both gradients.</summary>
    public static void Run(KernelSet kernels, WorkerPool pool, NormGradient work, float* weightGradient, bool addWeight)
    {
        work.rowsPerChunk = Math.Max(1, (work.Rows + MostChunks - 1) / MostChunks);
        var chunks = (work.Rows + work.rowsPerChunk - 1) / work.rowsPerChunk;
        work.partial = weightGradient == null ? null : ThreadScratch.OfCaller.Floats((long)chunks * work.Length);
        pool.Run(chunks, ref work);
        if (weightGradient == null)
        {
            return;
        }

        if (!addWeight)
        {
            new Span<float>(weightGradient, work.Length).Clear();
        }

        for (var chunk = 0; chunk < chunks; chunk++)
        {
            kernels.Add(weightGradient, work.partial + ((long)chunk * work.Length), weightGradient, work.Length);
        }
    }

    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var kernels = KernelSet.Supported[KernelIndex];
        var sums = partial == null ? null : partial + ((long)chunk * Length);
        if (sums != null)
        {
            new Span<float>(sums, Length).Clear();
        }

        var end = Math.Min(Rows, (chunk + 1) * rowsPerChunk);
        for (var row = chunk * rowsPerChunk; row < end; row++)
        {
            var offset = (long)row * Length;
            kernels.NormGradient(X + offset, Weight, Centered, Dy + offset, Dx == null ? null : Dx + offset, Accumulate, sums, Length, Epsilon);
        }
    }
}
