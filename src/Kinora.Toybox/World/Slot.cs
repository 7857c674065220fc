namespace Kinora.Toybox.World;

/// <summary>A stretch of a shot in which one event happens, or two at the same time.</summary>
public sealed record Slot
{
    /// <summary>The first frame, counted from the shot's first.</summary>
    public required int Start { get; init; }

    /// <summary>The frame behind the last.</summary>
    public required int End { get; init; }

    /// <summary>One event, or two of different toys.</summary>
    public required IReadOnlyList<ToyEvent> Events { get; init; }

    /// <summary>All toys of the shot when the slot begins, by number.</summary>
    public required IReadOnlyList<ToyState> Before { get; init; }

    /// <summary>All toys of the shot when the slot is over.</summary>
    public required IReadOnlyList<ToyState> After { get; init; }
}
