namespace Kinora.Models.Verification;

/// <summary>One stored tensor beside what Kinora computed.</summary>
/// <param name="Tensor">The stored tensor's name.</param>
/// <param name="Stage">What it was computed from: <c>inputs</c> (end to end), or the stored tensor that was fed in.</param>
/// <param name="Error">Relative L2 error of numbers; the share of wrong places of ids and texts.</param>
/// <param name="Limit">The largest error that passes.</param>
/// <param name="Note">What differs, or null.</param>
public sealed record TensorComparison(string Tensor, string Stage, double Error, double Limit, string? Note = null)
{
    /// <summary>How much farther than <see cref="Limit"/> a single value may be off, relative to itself or to the tensor's root mean square, whichever is larger.</summary>
    public const double SingleValueFactor = 5;

    /// <summary>The largest deviation of a single value in that measure; 0 where it isn't judged.</summary>
    public double Worst { get; init; }

    /// <summary>The error of the reference's own program when it computes in float32, as far as the golden directory tells: what is noise.</summary>
    public double? ReferenceFloat32 { get; init; }

    /// <summary>Whether the errors are within their limits; NaN is not.</summary>
    public bool Passed => Error <= Limit && Worst <= SingleValueFactor * Limit;
}
