using Kinora.Tensors;

namespace Kinora.Training.Optimization;

/// <summary>Steps all parameters of a store, each by AdamW (Loshchilov and Hutter 2019) or Muon (Jordan et al. 2024), with clipping by their common norm.</summary>
public sealed class Optimizer
{
    private readonly TensorOperations operations;
    private readonly ParameterStore store;
    private readonly OptimizerSettings settings;
    private readonly Parameter[] parameters;
    private readonly Parameter[] vectors;
    private readonly Parameter[] matrices;
    private readonly MuonMatrix[] steps;

    /// <summary>Makes an optimiser; what it remembers lies in the parameters.</summary>
    /// <param name="operations">What to compute with.</param>
    /// <param name="store">The parameters.</param>
    /// <param name="settings">The constants.</param>
    public Optimizer(TensorOperations operations, ParameterStore store, OptimizerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(store);
        (this.operations, this.store, this.settings) = (operations, store, settings);
        parameters = [.. store.Parameters];
        vectors = [.. parameters.Where(parameter => parameter.Settings.Optimizer == OptimizerKind.AdamW)];

        // The largest first, so that the threads that share them finish together.
        matrices = [.. parameters.Except(vectors).OrderByDescending(matrix => matrix.Settings.Shape.Count)];
        steps = new MuonMatrix[matrices.Length];
    }

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
        foreach (var parameter in vectors)
        {
            if (parameter.Weights.Gradient is { } gradient)
            {
                operations.AdamW(parameter.Weights, gradient, parameter.FirstMoments, parameter.SecondMoments, AdamWOf(parameter, scheduled, clipFactor));
            }
        }

        var count = 0;
        foreach (var parameter in matrices)
        {
            if (parameter.Weights.Gradient is { } gradient)
            {
                parameter.Steps++;
                steps[count++] = new(parameter.Weights, gradient, parameter.FirstMoments, (float)(scheduled * parameter.Settings.LearningRate), (float)parameter.Settings.WeightDecay);
            }
        }

        if (count > 0)
        {
            operations.Muon(steps.AsSpan(0, count), new() { Momentum = (float)settings.Momentum, GradientFactor = (float)clipFactor });
        }

        store.ForgetGradients();
    }

    private AdamWStep AdamWOf(Parameter parameter, double scheduled, double clipFactor)
    {
        var t = ++parameter.Steps;
        return new()
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
        };
    }
}
