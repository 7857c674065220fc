using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels;

/// <content>Going backward through softmax from scores that were computed again.</content>
internal unsafe partial class SimdKernels<TSimd, TVector>
{
    [MethodImpl(Jit.Kernel)]
    public override void SoftmaxGradient(float* scores, float* gradients, int rows, int columns, float* logSums, float* deltas, float scale)
    {
        var factor = TSimd.Broadcast(scale);
        for (var row = 0; row < rows; row++)
        {
            var shift = TSimd.Broadcast(-logSums[row]);
            var delta = TSimd.Broadcast(deltas[row]);
            for (var i = 0; i < columns; i += TSimd.Width, scores += TSimd.Width, gradients += TSimd.Width)
            {
                var weight = Exp(TSimd.MultiplyAdd(TSimd.Load(scores), factor, shift));
                TSimd.Store(weight, scores);
                var gradient = TSimd.Multiply(TSimd.Subtract(TSimd.Load(gradients), delta), factor);
                TSimd.Store(TSimd.Multiply(gradient, weight), gradients);
            }
        }
    }
}
