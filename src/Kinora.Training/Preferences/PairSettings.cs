using Kinora.Models.Generation;

namespace Kinora.Training.Preferences;

/// <summary>How preference pairs are made. The defaults are Tarsier2's (arXiv 2501.07888).</summary>
public sealed record PairSettings
{
    /// <summary>How both descriptions are written; its seed isn't used.</summary>
    public GenerationOptions Generation { get; init; } = new() { Temperature = 0.7, TopP = 0.7 };

    /// <summary>Frames of each clip, at least 2; null: as many as the model was made for.</summary>
    public int? Frames { get; init; }

    /// <summary>How frames are spoiled; null: in one of the four ways, drawn for each record.</summary>
    public FrameCorruptionKind? Corruption { get; init; }

    /// <summary>The least that recall and precision together must gain, above 0 and at most 2.</summary>
    public double Delta { get; init; } = 0.3;

    /// <summary>Where all that is random starts.</summary>
    public ulong Seed { get; init; }
}
