namespace Kinora.Training.Optimization;

/// <summary>By what a parameter learns.</summary>
public enum OptimizerKind
{
    /// <summary>AdamW (Loshchilov and Hutter 2019).</summary>
    AdamW,

    /// <summary>Muon (Jordan et al. 2024), for matrices between hidden layers.</summary>
    Muon,
}
