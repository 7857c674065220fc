namespace Kinora.Toybox.World;

/// <summary>What is seen between two cuts.</summary>
public sealed record Shot
{
    /// <summary>Where it plays.</summary>
    public required Scene Scene { get; init; }

    /// <summary>Its length.</summary>
    public required int Frames { get; init; }

    /// <summary>The toys as they are in the first frame; those that appear later have <see cref="ToyState.Alpha"/> 0.</summary>
    public required IReadOnlyList<ToyState> Toys { get; init; }

    /// <summary>What happens, in order.</summary>
    public required IReadOnlyList<Slot> Slots { get; init; }
}
