namespace Kinora.Tensors;

/// <summary>Functions of single values, for losses and everything else that isn't on a hot path; activations of layers are <see cref="Activation"/>.</summary>
public enum PointFunction
{
    /// <summary>max(x, 0); its slope at 0 is 0.</summary>
    Relu,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,

    /// <summary>-log(1 + e^-x), without overflow at either end.</summary>
    LogSigmoid,

    /// <summary>e^x.</summary>
    Exp,

    /// <summary>The natural logarithm.</summary>
    Log,

    /// <summary>x^2.</summary>
    Square,

    /// <summary>The square root.</summary>
    SquareRoot,
}
