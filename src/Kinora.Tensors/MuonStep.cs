namespace Kinora.Tensors;

/// <summary>
/// The numbers that one step of Muon (Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024) has in common for all
/// matrices: m = momentum m + g; u = g + momentum m (Nesterov's look ahead); p -= rate decay p; p -= rate 0.2 sqrt(longer side) orthogonal(u).
/// The factor is that of Liu et al. ("Muon is scalable for LLM training", 2025): updates have about the size of AdamW's, so both share rates and decay.
/// </summary>
public readonly record struct MuonStep
{
    /// <summary>How long the sum of gradients remembers.</summary>
    public required float Momentum { get; init; }

    /// <summary>What the gradients are multiplied with: less than 1 where they were clipped.</summary>
    public required float GradientFactor { get; init; }
}
