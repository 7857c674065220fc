using Kinora.Media;
using Kinora.Models.Generation;

namespace Kinora.Models.Describing;

/// <summary>How to describe.</summary>
public sealed record DescribeOptions
{
    /// <summary>Which frames; null: as many as the model was made for, evenly over the video.</summary>
    public FrameRequest? Frames { get; init; }

    /// <summary>What to ask; null: the family's request for a detailed description.</summary>
    public string? Prompt { get; init; }

    /// <summary>How to write. The end ids are the model's.</summary>
    public GenerationOptions Generation { get; init; } = new();
}
