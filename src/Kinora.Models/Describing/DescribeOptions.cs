using Kinora.Media;
using Kinora.Models.Generation;

namespace Kinora.Models.Describing;

/// <summary>How to describe.</summary>
public sealed record DescribeOptions
{
    /// <summary>Which frames; where no number is set, as many as the model was made for.</summary>
    public FrameRequest Frames { get; init; } = new();

    /// <summary>What to ask; null: the family's request for a detailed description.</summary>
    public string? Prompt { get; init; }

    /// <summary>How to write. The end ids are the model's.</summary>
    public GenerationOptions Generation { get; init; } = new();
}
