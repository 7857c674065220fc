using Kinora.Tensors;

namespace Kinora.Training.Recipes;

/// <summary>Memory against time.</summary>
public sealed record MemorySection
{
    /// <summary>Whether only each block's input is kept, and the block computed again on the way back (Chen et al. 2016).</summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>How those inputs are kept: <see cref="StorageFormat.F32"/> or <see cref="StorageFormat.BF16"/>.</summary>
    public StorageFormat Activations { get; init; } = StorageFormat.F32;
}
