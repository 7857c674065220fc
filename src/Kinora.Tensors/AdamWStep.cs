namespace Kinora.Tensors;

/// <summary>
/// The numbers of one step of AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019):
/// p -= rate decay p; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= rate / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + epsilon).
/// </summary>
public readonly record struct AdamWStep
{
    /// <summary>The learning rate.</summary>
    public required float Rate { get; init; }

    /// <summary>b1.</summary>
    public required float Beta1 { get; init; }

    /// <summary>b2.</summary>
    public required float Beta2 { get; init; }

    /// <summary>1 - b1, rounded after the subtraction: taken off in float32, 1 - 0.999 is wrong in the fifth digit.</summary>
    public required float OneMinusBeta1 { get; init; }

    /// <summary>1 - b2, as <see cref="OneMinusBeta1"/>.</summary>
    public required float OneMinusBeta2 { get; init; }

    /// <summary>Added to the root.</summary>
    public required float Epsilon { get; init; }

    /// <summary>The decay, taken off before the update and apart from the gradient.</summary>
    public float WeightDecay { get; init; }

    /// <summary>What the gradients are multiplied with: less than 1 where they were clipped.</summary>
    public required float GradientFactor { get; init; }

    /// <summary>1 / (1 - b1^t).</summary>
    public required float FirstCorrection { get; init; }

    /// <summary>1 / sqrt(1 - b2^t).</summary>
    public required float SecondCorrection { get; init; }
}
