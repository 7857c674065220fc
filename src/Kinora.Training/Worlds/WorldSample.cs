using Kinora.Models.Inputs;
using Kinora.Training.Data;
using Kinora.Training.Data.Loading;

namespace Kinora.Training.Worlds;

/// <summary>Frames of a rendered clip with several conversations about them, which share the frames' positions in the decoder.</summary>
/// <param name="Number">The sample's number.</param>
/// <param name="Source">The world and the clip's seed.</param>
/// <param name="Encoded">All conversations, one behind the other; empty for frames alone.</param>
/// <param name="Input">The frames; owned.</param>
public sealed record WorldSample(long Number, SampleSource Source, EncodedSample Encoded, VisualInput Input)
    : PreparedSample(Number, new TrainingSample(Source, [], []), Encoded, null, Input)
{
    /// <summary>Ids that all conversations begin with, one for each position; empty for frames alone.</summary>
    public required int[] Prefix { get; init; }

    /// <summary>The conversations behind the prefix; none where only heads learn.</summary>
    public required IReadOnlyList<WorldBranch> Branches { get; init; }

    /// <summary>Whether the decoder sees the frames.</summary>
    public bool IsRead => Prefix.Length > 0;

    /// <summary>What throw-away heads should read off the frames' patches.</summary>
    public required PatchTargets Targets { get; init; }
}
