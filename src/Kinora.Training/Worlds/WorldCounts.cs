using Kinora.Training.Data;

namespace Kinora.Training.Worlds;

/// <summary>What a step has of each thing that losses are means over, so that it makes no difference how it is cut into parts.</summary>
internal sealed record WorldCounts
{
    public required long Frames { get; init; }

    public required long Patches { get; init; }

    public required long Toys { get; init; }

    public required long Coloured { get; init; }

    public required long Moving { get; init; }

    public required long Learned { get; init; }

    public required double TextWeight { get; init; }

    public static WorldCounts Of(IReadOnlyList<WorldSample> samples) => new()
    {
        Frames = samples.Sum(sample => (long)sample.Targets.Frames),
        Patches = samples.Sum(sample => (long)sample.Targets.Kind.Length),
        Toys = samples.Sum(sample => sample.Targets.Kind.LongCount(kind => kind != PatchTargets.Kinds - 1)),
        Coloured = samples.Sum(sample => sample.Targets.Colour.LongCount(colour => colour != PatchTargets.None)),
        Moving = samples.Where(sample => sample.IsRead).Sum(sample => sample.Targets.Moves.LongCount(moves => moves)),
        Learned = samples.Sum(sample => sample.Branches.Sum(branch => (long)Learning(branch))),
        TextWeight = samples.Sum(sample => sample.Branches.Sum(branch => (double)branch.Weight * Learning(branch))),
    };

    private static int Learning(WorldBranch branch) => branch.Labels.Length - branch.Labels.AsSpan().Count(EncodedSample.Ignored);
}
