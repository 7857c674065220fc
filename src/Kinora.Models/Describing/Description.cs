using Kinora.Media;
using Kinora.Models.Generation;

namespace Kinora.Models.Describing;

/// <summary>What a model wrote about an input, and how it came to be.</summary>
public sealed record Description
{
    /// <summary>The input's path as it was given.</summary>
    public required string Input { get; init; }

    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>What is known of the input.</summary>
    public required MediaInfo Media { get; init; }

    /// <summary>The frames that were looked at, with their times in seconds since the first picture.</summary>
    public required IReadOnlyList<(int Index, double Time)> Frames { get; init; }

    /// <summary>Where the last frame ends, in seconds since the first picture; null for pictures, which have no duration.</summary>
    public required double? End { get; init; }

    /// <summary>What was asked.</summary>
    public required string Prompt { get; init; }

    /// <summary>Places in the decoder's sequence before the answer.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>The ids written, the end mark included.</summary>
    public required IReadOnlyList<int> Ids { get; init; }

    /// <summary>Why it ends.</summary>
    public required FinishReason Finish { get; init; }

    /// <summary>Seconds by phase.</summary>
    public required IReadOnlyDictionary<DescribePhase, double> Seconds { get; init; }
}
