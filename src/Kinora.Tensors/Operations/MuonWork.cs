using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>Steps of Muon, a matrix to a chunk: the products of small matrices would keep several threads waiting for each other.</summary>
internal unsafe struct MuonWork : IParallelWork
{
    public Item* Items;
    public MuonStep Step;
    public int KernelIndex;

    /// <inheritdoc/>
    public readonly void Execute(int chunk) => Run(WorkerPool.Alone, Items[chunk]);

    /// <summary>Steps one matrix.</summary>
    [MethodImpl(Jit.Kernel)]
    public readonly void Run(WorkerPool pool, in Item item)
    {
        var (kernels, count) = (KernelSet.Supported[KernelIndex], item.Rows * item.Columns);
        var update = ThreadScratch.OfMatrix.Floats(count + NewtonSchulz.ScratchFloats(item.Rows, item.Columns));
        kernels.Scale(item.Momentum, count, Step.Momentum);
        kernels.AddScaled(item.Gradients, Step.GradientFactor, item.Momentum, count);
        Buffer.MemoryCopy(item.Momentum, update, sizeof(float) * (long)count, sizeof(float) * (long)count);
        kernels.Scale(update, count, Step.Momentum);
        kernels.AddScaled(item.Gradients, Step.GradientFactor, update, count);
        var orthogonal = NewtonSchulz.Run(kernels, pool, update, item.Rows, item.Columns, update + count);
        kernels.Scale(item.Weights, count, 1f - (item.Rate * item.WeightDecay));
        kernels.AddScaled(orthogonal, -item.Rate * 0.2f * MathF.Sqrt(Math.Max(item.Rows, item.Columns)), item.Weights, count);
    }

    /// <summary>A matrix and what belongs to it.</summary>
    public struct Item
    {
        public float* Weights;
        public float* Gradients;
        public float* Momentum;
        public int Rows;
        public int Columns;
        public float Rate;
        public float WeightDecay;
    }
}
