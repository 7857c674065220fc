using System.Runtime.CompilerServices;
using Kinora.Tensors.Kernels;
using Kinora.Tensors.Threading;

namespace Kinora.Tensors.Operations;

/// <summary>The cross-entropy of rows of logits, and in their place its gradient: factor (softmax - 1 at the label).</summary>
internal unsafe struct TokenLoss : IParallelWork
{
    public float* Logits;
    public int Rows;
    public int Vocabulary;
    public int* Labels;
    public float* Losses;
    public float* Factors;
    public int KernelIndex;

    public readonly int Chunks => Rows;

    [MethodImpl(Jit.Kernel)]
    public readonly void Execute(int chunk)
    {
        var kernels = KernelSet.Supported[KernelIndex];
        var logits = Logits + ((long)chunk * Vocabulary);
        var label = Labels[chunk];
        var largest = kernels.Max(logits, Vocabulary);
        var right = logits[label];
        var sum = kernels.ExpSum(logits, Vocabulary, 1f, largest);
        Losses[chunk] = (float)(Math.Log(sum) + largest - right);
        if (Factors != null)
        {
            var factor = Factors[chunk];
            kernels.Scale(logits, Vocabulary, factor / sum);
            logits[label] -= factor;
        }
    }
}
