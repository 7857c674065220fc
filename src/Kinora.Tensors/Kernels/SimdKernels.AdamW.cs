using System.Runtime.CompilerServices;

namespace Kinora.Tensors.Kernels;

/// <content>The optimiser's step: one pass over weights, gradients and both moments.</content>
internal unsafe partial class SimdKernels<TSimd, TVector>
{
    [MethodImpl(Jit.Kernel)]
    public override void AdamW(float* weights, float* gradients, float* firstMoments, float* secondMoments, int length, in AdamWStep step)
    {
        var kept = 1f - (step.Rate * step.WeightDecay);
        var rate = step.Rate * step.FirstCorrection;
        var (factor, beta1, beta2) = (step.GradientFactor, step.Beta1, step.Beta2);
        var (rest1, rest2) = (step.OneMinusBeta1, step.OneMinusBeta2);
        var i = 0;
        for (; i <= length - TSimd.Width; i += TSimd.Width)
        {
            var gradient = TSimd.Multiply(TSimd.Load(gradients + i), TSimd.Broadcast(factor));
            var first = TSimd.MultiplyAdd(TSimd.Load(firstMoments + i), TSimd.Broadcast(beta1), TSimd.Multiply(gradient, TSimd.Broadcast(rest1)));
            var second = TSimd.MultiplyAdd(TSimd.Load(secondMoments + i), TSimd.Broadcast(beta2), TSimd.Multiply(TSimd.Multiply(gradient, gradient), TSimd.Broadcast(rest2)));
            TSimd.Store(first, firstMoments + i);
            TSimd.Store(second, secondMoments + i);
            var divisor = TSimd.MultiplyAdd(TSimd.SquareRoot(second), TSimd.Broadcast(step.SecondCorrection), TSimd.Broadcast(step.Epsilon));
            var update = TSimd.Divide(TSimd.Multiply(first, TSimd.Broadcast(rate)), divisor);
            TSimd.Store(TSimd.Subtract(TSimd.Multiply(TSimd.Load(weights + i), TSimd.Broadcast(kept)), update), weights + i);
        }

        for (; i < length; i++)
        {
            var gradient = gradients[i] * factor;
            firstMoments[i] = (firstMoments[i] * beta1) + (gradient * rest1);
            secondMoments[i] = (secondMoments[i] * beta2) + (gradient * gradient * rest2);
            weights[i] = (weights[i] * kept) - (firstMoments[i] * rate / ((MathF.Sqrt(secondMoments[i]) * step.SecondCorrection) + step.Epsilon));
        }
    }
}
