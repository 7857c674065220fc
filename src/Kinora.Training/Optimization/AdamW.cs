using Kinora.Tensors;

namespace Kinora.Training.Optimization;

/// <summary>AdamW (Loshchilov and Hutter 2019) over all parameters of a store, with clipping by their common norm.</summary>
public sealed class AdamW(TensorOperations operations, ParameterStore store, OptimizerSettings settings)
{
    private readonly Parameter[] parameters = [.. store.Parameters];

    /// <summary>The norm of all gradients together, before clipping; parameters without a gradient don't count.</summary>
    public double GradientNorm()
    {
        var sum = 0.0;
        foreach (var parameter in parameters)
        {
            sum += parameter.Weights.Gradient is { } gradient ? operations.SumOfSquares(gradient) : 0;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>What gradients of this norm are multiplied with: 1, or less if they are clipped.</summary>
    public double ClipFactor(double norm) => settings.MaxGradientNorm is { } most ? Math.Min(1, most / (norm + 1e-6)) : 1;

    /// <summary>One step; gradients are forgotten.</summary>
    /// <param name="scheduled">The schedule's factor of each parameter's rate.</param>
    /// <param name="clipFactor">What <see cref="ClipFactor"/> gave.</param>
    public void Step(double scheduled, double clipFactor)
    {
        foreach (var parameter in parameters)
        {
            if (parameter.Weights.Gradient is not { } gradient)
            {
                continue;
            }

            var t = ++parameter.Steps;
            operations.AdamW(parameter.Weights, gradient, parameter.FirstMoments, parameter.SecondMoments, new()
            {
                Rate = (float)(scheduled * parameter.Settings.LearningRate),
                Beta1 = (float)settings.Beta1,
                Beta2 = (float)settings.Beta2,
                OneMinusBeta1 = (float)(1 - settings.Beta1),
                OneMinusBeta2 = (float)(1 - settings.Beta2),
                Epsilon = (float)settings.Epsilon,
                WeightDecay = (float)parameter.Settings.WeightDecay,
                GradientFactor = (float)clipFactor,
                FirstCorrection = (float)(1 / (1 - Math.Pow(settings.Beta1, t))),
                SecondCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(settings.Beta2, t))),
            });
        }

        store.ForgetGradients();
    }
}
