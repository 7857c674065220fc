namespace Kinora.Tensors.Planning;

/// <summary>An amount of work.</summary>
/// <param name="Flops">Multiplications and additions of the products, counted apart; pointwise arithmetic isn't counted.</param>
/// <param name="Bytes">Bytes that must pass from memory at least: weights, keys and values for products, rows in and out for the rest.</param>
public readonly record struct Work(double Flops, double Bytes)
{
    /// <summary>Both amounts together.</summary>
    public static Work operator +(Work left, Work right) => Add(left, right);

    /// <summary>Both amounts together.</summary>
    public static Work Add(Work left, Work right) => new(left.Flops + right.Flops, left.Bytes + right.Bytes);
}
