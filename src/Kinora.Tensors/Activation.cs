namespace Kinora.Tensors;

/// <summary>Pointwise functions between linear layers, by the names of their sources.</summary>
public enum Activation
{
    /// <summary>The value itself.</summary>
    None,

    /// <summary>x/2 (1 + erf(x / sqrt 2)): the exact GELU (Hendrycks and Gimpel 2016).</summary>
    Gelu,

    /// <summary>x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).</summary>
    GeluTanh,

    /// <summary>x sigmoid(1.702 x), as CLIP has it.</summary>
    QuickGelu,

    /// <summary>x sigmoid(x).</summary>
    Silu,
}
