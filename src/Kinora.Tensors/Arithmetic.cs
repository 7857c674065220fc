namespace Kinora.Tensors;

/// <summary>What two tensors are combined by, value by value.</summary>
public enum Arithmetic
{
    /// <summary>a + b.</summary>
    Add,

    /// <summary>a - b.</summary>
    Subtract,

    /// <summary>a * b.</summary>
    Multiply,

    /// <summary>a / b.</summary>
    Divide,
}
