namespace Kinora.Models.Families;

/// <summary>What can be set for a run beyond what a model's own files say. A family refuses what it doesn't know.</summary>
public sealed record ModelSettings
{
    /// <summary>What is done about the original's defects.</summary>
    public Compatibility Compatibility { get; init; }

    /// <summary>Frames that each video is looked at with; null: as the model says.</summary>
    public int? Frames { get; init; }

    /// <summary>To what features are averaged; null: as the model says.</summary>
    public PoolingTarget? Pooling { get; init; }

    /// <summary>Texts that are followed at once: in an original that may change what each of them sees.</summary>
    public int Beams { get; init; } = 1;
}
